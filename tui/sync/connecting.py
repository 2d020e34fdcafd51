"""Connecting and signing in, with one new token where the server refuses the one there is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from tui.model.account import Account, Login
from tui.model.error import Busy, SignInNeeded
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.sync.credentials import Check, Credentials
from tui.sync.seats import Seats
from tui.sync.tokens import Token

LATELY = 3600.0
PASSWORD_LATELY = 300.0
WAITS = (60.0, 120.0, 300.0, 900.0)


class Connection(Protocol):
    """What is used of a connection here."""

    @property
    def closed(self) -> bool:
        """Whether it has been freed."""

    def connect(self) -> None:
        """Connect and encrypt."""

    def sign_in(self, account: Login, secret: Secret) -> None:
        """Sign in. Raises SignInNeeded when it was refused."""

    def abort(self) -> None:
        """Break it."""

    def close(self) -> None:
        """Free it."""


C = TypeVar("C", bound=Connection)


class Welcome:
    """Which servers let whom in lately, and how many are in now. Any thread may use it.

    A server that refuses a brand-new token right after it took another one wants fewer sign-ins, whatever
    it says: Exchange answers so to who comes too often. That is waited out, longer each time, and the person
    is asked only when it lasts for `LATELY` seconds; `PASSWORD_LATELY` for the password that it took, which
    may have been changed meanwhile.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._let_in: dict[tuple[str, str], tuple[float, Secret]] = {}
        self._refused: dict[tuple[str, str], int] = {}
        self.seats = Seats()

    def let_in(self, address: str, which: str, secret: Secret) -> None:
        """The server took the sign-in."""
        with self._lock:
            self._let_in[address, which] = (self._steady(), secret)
            self._refused.pop((address, which), None)

    def refused(
        self, address: str, which: str, refusal: SignInNeeded, password: Secret | None = None
    ) -> SignInNeeded | Busy:
        """What a refusal of a brand-new token, or of `password`, amounts to: Busy where the server let the
        account in lately."""
        with self._lock:
            since, secret = self._let_in.get((address, which), (0.0, None))
            lately = LATELY if password is None else PASSWORD_LATELY
            same = password is None or password == secret
            if secret is None or not same or self._steady() - since > lately:
                return refusal
            times = self._refused[address, which] = self._refused.get((address, which), 0) + 1
        return Busy(
            "The server takes no more sign-ins just now, though it did a while ago.",
            "It is tried again by itself, with growing pauses.",
            detail=refusal.detail,
            wait=WAITS[min(times, len(WAITS)) - 1],
        )


def sign_in(
    credentials: Credentials,
    welcome: Welcome,
    account: Account,
    which: str,
    connection: C,
    another: Callable[[], C],
    check: Check,
) -> tuple[C, Token | None]:
    """Connect and sign in for receiving ("incoming") or sending ("smtp").

    Answers the connection that is signed in, and the token that was used if it was one of ours.

    A token that was refused is renewed once where the refusal's explanation says so; `another` makes the
    connection for that second try. Raises as `Connection` and `Credentials.secret` do.
    """
    login = account.login if which == "incoming" else account.sending_login
    assert login is not None
    welcome.seats.take(account, which, connection, check)
    connection.connect()
    secret = credentials.secret(account, login, which, check)
    try:
        connection.sign_in(login, secret)
    except SignInNeeded as refusal:
        fresh = None
        if refusal.retry in (None, Retry.REFRESH):
            fresh = credentials.renewed(account, login, secret, check)
        if fresh is None:
            raise _meant(credentials, welcome, account, which, secret, refusal) from refusal
        connection.abort()
        connection.close()
        secret = fresh
        connection = another()
        welcome.seats.take(account, which, connection, check)
        check()
        connection.connect()
        try:
            connection.sign_in(login, secret)
        except SignInNeeded as again:
            raise _meant(credentials, welcome, account, which, secret, again) from again
    welcome.let_in(account.address, which, secret)
    return connection, credentials.kept.token(account.address, secret)


def _meant(
    credentials: Credentials,
    welcome: Welcome,
    account: Account,
    which: str,
    secret: Secret,
    refusal: SignInNeeded,
) -> SignInNeeded | Busy:
    """What a refusal comes to. Of a token, for a reason that is known to stay, it is what it is; all words
    that refuse a password say that it is wrong for good, also when it was right a moment ago."""
    if credentials.kept.token(account.address, secret) is None:
        return welcome.refused(account.address, which, refusal, secret)
    if refusal.retry in (Retry.NEVER, Retry.USER):
        return refusal
    return welcome.refused(account.address, which, refusal)
