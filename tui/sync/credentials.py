"""What an account signs in with, from wherever it is kept; access tokens are renewed before they end.

An access token is in memory only; the refresh token is in the keyring (`keeping`). What happens to a token,
by its age and by what the identity service answers to a renewal:

    token              granted            no way, busy, untrusted   refused
    fresh              - not asked for -
    near its end       new one            old one, for now          SignInNeeded
    over, none         new one            that error                SignInNeeded
    refused by server  new one            that error                SignInNeeded

Before a refusal counts the keyring is read again: another process may have signed in meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.config.secrets import Secrets, from_command
from tui.model.account import Account, Auth, Login, SecretSource, by_oauth
from tui.model.error import Busy, Cancelled, MailError, SignInNeeded
from tui.model.issuer import Identity, identity_of
from tui.model.secret import Secret
from tui.sync.board import Board
from tui.sync.futures import in_thread
from tui.sync.keeping import JUST_MADE, Keeping
from tui.sync.tokens import Age, Clock, Kept, Record, Token, kept_of

if TYPE_CHECKING:
    from tui.net.oauth import Grant

log = logging.getLogger(__name__)

_LOOK = 0.1

Check = Callable[[], None]
"""Called while waiting; raises Cancelled when whoever waits is to stop."""


def _go_on() -> None:
    pass


class Credentials:
    """The secrets of all accounts at work. Any thread may use it; renewals are made once for all who wait."""

    def __init__(self, secrets: Secrets, board: Board, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.kept = Keeping(secrets, board, self.clock)
        self._secrets = secrets
        self._lock = threading.Lock()
        self._renewing: dict[str, Future[Token]] = {}
        self._second: dict[str, Token] = {}  # tokens that took the place of refused ones

    # What to sign in with

    def secret(self, account: Account, login: Login, which: str, check: Check = _go_on) -> Secret:
        """The secret for a sign-in; `which` is "incoming" or "smtp". It may wait for a renewal.

        Raises SignInNeeded when there is none; Offline, Busy, Untrusted where a renewal failed so.
        """
        if login.source is SecretSource.COMMAND:
            return from_command(login.command)
        if login.auth is not Auth.OAUTH2:
            return self._entered(account, which)
        try:
            kept = self.kept.of(account.address)
        except SignInNeeded:  # the keyring cannot be asked
            if entered := self._secrets.held(account.address, _slot(account, which)):
                return entered
            raise
        return self._token(account, kept, check).secret if kept else self._entered(account, which)

    def renewed(
        self, account: Account, login: Login, refused: Secret, check: Check = _go_on
    ) -> Secret | None:
        """Another secret than the one a server refused; None where there can be none. Raises as `secret`."""
        if login.auth is not Auth.OAUTH2:
            return None
        if login.source is SecretSource.COMMAND:
            again = from_command(login.command)
            return None if again == refused else again
        kept = self.kept.of(account.address)
        if kept is None:
            return None
        if kept.token is None or kept.token.secret != refused:
            return self._token(account, kept, check).secret
        key = account.address.lower()
        if kept.token is self._second.get(key) and self.clock.steady() - kept.token.began < JUST_MADE:
            return None  # a third one would fare no better
        token = self._second[key] = self._renewal(account, kept.token, check)
        return token.secret

    # A sign-in that was just made

    def hold(self, address: str, grant: Grant, identity: Identity) -> None:
        """Hold what a sign-in gave until it is kept. Raises SignInNeeded when it cannot be renewed."""
        made = kept_of(grant, identity, None, self.clock)
        if made is None:
            raise SignInNeeded(
                "The sign-in would be over within the hour: the service gave nothing to renew it with.",
                "Allow the program to keep its access when you are asked, and sign in again.",
            )
        self.kept.hold(address, made)

    def held(self, account: Account, login: Login) -> Secret | None:
        """The token of a sign-in that is held and not kept yet, None when there is none for this login."""
        found = self.kept.held(account.address)
        if found is None or not by_oauth(login):
            return None
        identity = self._identity(account, found.record)
        if found.token and found.age(identity.scopes, self.clock) is Age.FRESH:
            return found.token.secret
        grant = _refreshed(identity, found.record)
        if made := kept_of(grant, identity, found.record, self.clock):
            self.kept.held_anew(account.address, found, made)
        return grant.access_token

    # Inside

    def _entered(self, account: Account, which: str) -> Secret:
        """A password, or a token that the person entered by hand."""
        secret = self._secrets.get(account.address, _slot(account, which))
        if secret is None:
            by_token = account.login is not None and account.login.auth is Auth.OAUTH2
            command = f"account {'login' if by_token else 'set'} {account.address}"
            raise SignInNeeded(
                f"There is no password or token for {account.address} here.",
                f"Press ! to sign in, or run: outlook-tui {command}"
                + ("" if by_token else " password-command=… (a command that prints it)."),
            )
        return secret

    def _identity(self, account: Account, record: Record) -> Identity:
        """Whom to ask for new tokens, as the program that was signed in, for what the account does now."""
        found = identity_of(account)
        if found is None:
            raise SignInNeeded(
                f"It is not known who signs {account.address} in.", "Name its provider in the account."
            )
        return replace(found, client_id=record.client_id, authority=record.authority)

    def _token(self, account: Account, kept: Kept, check: Check) -> Token:
        age = kept.age(self._identity(account, kept.record).scopes, self.clock)
        if kept.token and age is Age.FRESH:
            return kept.token
        try:
            return self._renewal(account, kept.token, check)
        except (SignInNeeded, Cancelled):
            raise
        except MailError as error:
            if kept.token is None or age is not Age.NEAR:
                raise
            log.info("a token near its end serves on: %s (%s)", error.what, error.detail)
            return kept.token

    def _renewal(self, account: Account, seen: Token | None, check: Check) -> Token:
        """A newer token than `seen`: one renewal for all who ask at the same time, on a thread of its own,
        which ends what it began even when nobody waits any more."""
        key = account.address.lower()
        with self._lock:
            running = self._renewing.get(key)
            if running is None or running.done():
                running = in_thread(lambda: self._renew(account, seen), "renewing a sign-in")
                self._renewing[key] = running
        while not wait([running], _LOOK).done:
            check()
        return running.result()

    def _renew(self, account: Account, seen: Token | None) -> Token:
        for _ in range(2):  # again when a new sign-in came in between
            kept = self.kept.of(account.address)
            if kept is None:
                break
            identity = self._identity(account, kept.record)
            if kept.token and kept.token is not seen and kept.age(identity.scopes, self.clock) is Age.FRESH:
                return kept.token
            if token := self._exchanged(account, kept, identity):
                return token
        raise Busy("The sign-in was changed just now.", "It is tried again by itself.")

    def _exchanged(self, account: Account, kept: Kept, identity: Identity) -> Token | None:
        """Renew, write and use a sign-in; None when another has taken its place meanwhile."""
        try:
            grant = _refreshed(identity, kept.record)
        except SignInNeeded:
            newer = self.kept.newer(account.address, kept.record)
            if newer is None:
                raise
            log.info("another process has signed in anew")
            kept = newer
            identity = self._identity(account, kept.record)
            grant = _refreshed(identity, kept.record)
        made = kept_of(grant, identity, kept.record, self.clock)
        assert made is not None and made.token is not None  # it has at least the refresh token of before
        return made.token if self.kept.renewed(account, kept, made) else None


def _slot(account: Account, which: str) -> str:
    """Where an entered secret is: sending may sign in with the one for receiving."""
    return "incoming" if which == "smtp" and account.smtp_login is None else which


def _refreshed(identity: Identity, record: Record) -> Grant:
    from tui.net import oauth  # imported here, on a thread that may wait: msal is heavy

    return oauth.refresh(identity, record.refresh_token)
