"""Accounts that sign in by OAuth at the tests' own identity service, and clocks that can be moved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from tests.rig import account_on
from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tui.config.secrets import Secrets
from tui.model.account import Account, Auth, Login, SecretSource
from tui.model.event import Event
from tui.model.secret import Secret
from tui.sync.board import Board
from tui.sync.credentials import Credentials
from tui.sync.keeping import OAUTH
from tui.sync.tokens import Clock, Record

REFRESHES = "token refresh_token"
"""The name under which an IdentityServer counts renewals."""


def by_token(identity: IdentityServer, user: str, **changes: Any) -> Account:
    """An account of `user` that signs in at `identity`."""
    made = Account(
        address=user,
        login=Login(user, Auth.OAUTH2, SecretSource.KEYRING),
        client_id=identity.client_id,
        authority=identity.authority,
        ca_file=str(identity.certs.ca),
    )
    return replace(made, **changes)


def on_dovecot(identity: IdentityServer, dovecot: Dovecot, user: str, **changes: Any) -> Account:
    """The same, with its mail on a Dovecot that takes the tokens of `identity`."""
    plain = account_on(dovecot, user)
    servers = {"imap": plain.imap, "pop3": plain.pop3, "smtp": plain.smtp, "incoming": plain.incoming}
    return by_token(identity, user, **{**servers, **changes})


def signed_in_before(identity: IdentityServer, account: Account) -> Record:
    """Put a good sign-in into the keyring, as an earlier run of the program left it."""
    record = Record(
        identity.grant(account.address),
        account.client_id,
        account.authority,
        identity.identity().scopes,
        account.address,
        time.time() - 86_400,
    )
    Secrets().set(account.address, OAUTH, record.to_json())
    return record


def kept_token(account: Account) -> str:
    """The refresh token that the keyring has, "" for none."""
    text = Secrets().get(account.address, OAUTH)
    record = Record.from_json(text) if text else None
    return record.refresh_token.reveal() if record else ""


@dataclass
class Hands:
    """What a test adds to the clocks, in seconds."""

    wall: float = 0.0
    steady: float = 0.0

    def clock(self) -> Clock:
        """The clocks, moved."""
        return Clock(lambda: time.time() + self.wall, lambda: time.monotonic() + self.steady)

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.steady += seconds


def fresh_start(hands: Hands | None = None, events: list[Event] | None = None) -> Credentials:
    """Credentials as a program that has just begun has them: with nothing but the keyring."""
    board = Board()
    if events is not None:
        board.listen(events.append)
    return Credentials(Secrets(), board, (hands or Hands()).clock())


def login_of(account: Account) -> Login:
    """The account's sign-in for receiving."""
    assert account.login is not None
    return account.login


def secret_of(credentials: Credentials, account: Account) -> Secret:
    """What the account signs in with now, for receiving."""
    return credentials.secret(account, login_of(account), "incoming")
