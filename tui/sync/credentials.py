"""What an account signs in with, from wherever it is kept; access tokens are renewed before they end.

An access token is in memory only. The refresh token is in the keyring, and a new one is written there before
the access token that came with it is used: a crash then leaves either the old one or the new one. What
happens to a token, by its age and by what the identity service answers to a renewal:

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
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.config.secrets import Secrets, from_command
from tui.model.account import Account, Auth, Login, SecretSource, by_oauth
from tui.model.error import Busy, Cancelled, MailError, NotKept, SignInNeeded
from tui.model.event import Problem
from tui.model.issuer import Identity, identity_of
from tui.model.secret import Secret
from tui.model.sign_in import TokenFacts
from tui.sync.board import Board
from tui.sync.futures import in_thread
from tui.sync.tokens import Age, Clock, Kept, Record, Token, kept_of

if TYPE_CHECKING:
    from tui.net.oauth import Grant

log = logging.getLogger(__name__)

OAUTH = "oauth"
"""The keyring's slot of a sign-in by OAuth."""

_LOOK = 0.1
_JUST_MADE = 60.0

Check = Callable[[], None]
"""Called while waiting; raises Cancelled when whoever waits is to stop."""


def _go_on() -> None:
    pass


class Credentials:
    """The secrets of all accounts at work. Any thread may use it; renewals are made once for all who wait."""

    def __init__(self, secrets: Secrets, board: Board, clock: Clock | None = None) -> None:
        self._secrets = secrets
        self._board = board
        self.clock = clock or Clock()
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # from keyring to memory and back: nothing forgotten must return
        self._kept: dict[str, Kept] = {}
        self._held: dict[str, Kept] = {}
        self._renewing: dict[str, Future[Token]] = {}
        self._second: dict[str, Token] = {}  # tokens that took the place of refused ones
        self._unwritten: set[str] = set()  # whose sign-in should be in the keyring and is not

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
            kept = self._sign_in_of(account)
        except SignInNeeded:  # the keyring cannot be asked
            if entered := self._secrets.held(account.address, _slot(account, which)):
                return entered
            raise
        return self._token(account, kept, check).secret if kept else self._entered(account, which)

    def renewed(
        self, account: Account, login: Login, which: str, refused: Secret, check: Check = _go_on
    ) -> Secret | None:
        """Another secret than the one a server refused; None where there can be none. Raises as `secret`."""
        if login.auth is not Auth.OAUTH2:
            return None
        if login.source is SecretSource.COMMAND:
            again = from_command(login.command)
            return None if again == refused else again
        kept = self._sign_in_of(account)
        if kept is None:
            return None
        if kept.token is None or kept.token.secret != refused:
            return self._token(account, kept, check).secret
        key = _key(account.address)
        if kept.token is self._second.get(key) and self.clock.steady() - kept.token.began < _JUST_MADE:
            return None  # a third one would fare no better
        token = self._second[key] = self._renewal(account, kept.token, check)
        return token.secret

    def token(self, account: Account, secret: Secret) -> Token | None:
        """The token whose text is `secret`, None when it is a password or was entered by hand."""
        with self._lock:
            kept = self._kept.get(_key(account.address))
        return kept.token if kept and kept.token and kept.token.secret == secret else None

    def spent(self, address: str) -> None:
        """A server says that the access token has run its time, whatever the clocks say."""
        with self._lock:
            kept = self._kept.get(_key(address))
            if kept and kept.token and self.clock.steady() - kept.token.began > _JUST_MADE:
                self._kept[_key(address)] = replace(kept, token=None)

    # Sign-ins come and go

    def hold(self, address: str, grant: Grant, identity: Identity) -> None:
        """Hold what a sign-in gave for `held` and `keep`. Raises SignInNeeded when it cannot be renewed."""
        made = kept_of(grant, identity, None, self.clock)
        if made is None:
            raise SignInNeeded(
                "The sign-in would be over within the hour: the service gave nothing to renew it with.",
                "Allow the program to keep its access when you are asked, and sign in again.",
            )
        with self._lock:
            self._held[_key(address)] = made

    def held(self, account: Account, login: Login) -> Secret | None:
        """The token of a sign-in that is held and not kept yet, None when there is none for this login."""
        with self._lock:
            found = self._held.get(_key(account.address))
        if found is None or not by_oauth(login):
            return None
        identity = self._identity(account, found.record)
        if found.token and found.age(identity.scopes, self.clock) is Age.FRESH:
            return found.token.secret
        grant = _refreshed(identity, found.record)
        made = kept_of(grant, identity, found.record, self.clock)
        with self._lock:
            if made and self._held.get(_key(account.address)) is found:
                self._held[_key(account.address)] = made
        return grant.access_token

    def drop(self, address: str) -> None:
        """Forget a sign-in that is held and not kept."""
        with self._lock:
            self._held.pop(_key(address), None)

    def keep(self, account: Account) -> str:
        """Put the sign-in that is held where the account says, and use it from now on. Without one, that is
        done with the one in use where it could not be written the last time.

        A sentence when it could be kept for this session only; "" else, also when there is nothing to keep.
        """
        key = _key(account.address)
        with self._writing:
            with self._lock:
                again = self._kept.get(key) if key in self._unwritten else None
                found = self._held.pop(key, again)
            if found is None or not account.by_token:
                return ""
            words = self._write(account, found.record)
            self._use(account.address, found)
        return words

    def read_again(self, accounts: Iterable[Account]) -> None:
        """Another process may have signed in, or removed an account: use what the keyring has now, and that
        only for accounts that there are."""
        wanted = {_key(one.address) for one in accounts}
        with self._lock:
            known = list(self._kept)
        for key in known:
            with self._writing:
                with self._lock:
                    kept = self._kept.get(key) if key in wanted else None
                    if key not in wanted:
                        self._kept.pop(key, None)
                if kept and (newer := self._newer(key, kept.record)):
                    with self._lock:
                        self._kept[key] = Kept(newer)

    def forget(self, address: str) -> None:
        """Forget an account's sign-in everywhere. Raises NotKept when the keyring may still have it."""
        with self._writing:
            with self._lock:
                for memory in (self._kept, self._held):
                    memory.pop(_key(address), None)
            self._secrets.delete(_key(address), OAUTH)

    def facts(self, address: str) -> TokenFacts | None:
        """What may be shown of an account's sign-in; None without one. Raises SignInNeeded when the keyring
        cannot be asked."""
        with self._lock:
            kept = self._kept.get(_key(address)) or self._held.get(_key(address))
        if kept is None and (record := self._record(address)):
            kept = Kept(record)
        return kept.facts() if kept else None

    def close(self, deadline: float) -> None:
        """Let a token that is just being written reach the keyring, until `deadline` (steady seconds)."""
        if self._writing.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._writing.release()

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

    def _sign_in_of(self, account: Account) -> Kept | None:
        key = _key(account.address)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        with self._writing:
            if record := self._record(key):
                with self._lock:
                    kept = self._kept.setdefault(key, Kept(record))
        return kept

    def _record(self, address: str) -> Record | None:
        text = self._secrets.get(_key(address), OAUTH)
        return Record.from_json(text) if text else None

    def _newer(self, address: str, known: Record) -> Record | None:
        """Another record than `known` that the keyring has, None where it has none or cannot be asked."""
        try:
            found = self._record(address)
        except SignInNeeded as error:
            log.info("the keyring cannot be read again: %s (%s)", error.what, error.detail)
            return None
        return found if found and found.refresh_token != known.refresh_token else None

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
        key = _key(account.address)
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
            kept = self._sign_in_of(account)
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
            newer = self._newer(account.address, kept.record)
            if newer is None:
                raise
            log.info("another process has signed in anew")
            identity = replace(identity, client_id=newer.client_id, authority=newer.authority)
            with self._lock:
                kept = self._kept[_key(account.address)] = Kept(newer)
            grant = _refreshed(identity, newer)
        made = kept_of(grant, identity, kept.record, self.clock)
        assert made is not None and made.token is not None  # it has at least the refresh token of before
        with self._writing:
            with self._lock:
                now = self._kept.get(_key(account.address))
            if now is None or now.record is not kept.record:
                return None
            if made.record is not kept.record:
                self._write_and_tell(account, made.record)
            self._use(account.address, made)
        return made.token

    def _write(self, account: Account, record: Record) -> str:
        """Put a record into the keyring, or into memory; a sentence where it should be in the keyring."""
        key = _key(account.address)
        logins = [one for one in (account.login, account.smtp_login) if one and one.auth is Auth.OAUTH2]
        try:
            if all(one.source is SecretSource.SESSION for one in logins):
                self._secrets.remember(key, OAUTH, record.to_json())
            else:
                self._secrets.set(key, OAUTH, record.to_json())
        except NotKept as error:
            self._unwritten.add(key)
            return f"{error.what} {error.hint}"
        self._unwritten.discard(key)
        return ""

    def _write_and_tell(self, account: Account, record: Record) -> None:
        """Write a renewed sign-in; that it is in memory only is told once, until it can be written again."""
        told = _key(account.address) in self._unwritten
        words = self._write(account, record)
        if words and not told:
            what = f"The sign-in of {account.address} was renewed and could not be saved."
            self._board.tell(Problem(account.address, what, words))

    def _use(self, address: str, kept: Kept) -> None:
        with self._lock:
            self._kept[_key(address)] = kept
        if kept.token:
            self._board.token(address, kept.token.expires)


def _slot(account: Account, which: str) -> str:
    """Where an entered secret is: sending may sign in with the one for receiving."""
    return "incoming" if which == "smtp" and account.smtp_login is None else which


def _key(address: str) -> str:
    return address.lower()


def _refreshed(identity: Identity, record: Record) -> Grant:
    from tui.net import oauth  # imported here, on a thread that may wait: msal is heavy

    return oauth.refresh(identity, record.refresh_token)
