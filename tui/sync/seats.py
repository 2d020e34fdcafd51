"""How many connections an account may have to a server at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from tui.model.account import Account
from tui.model.error import Busy

MOST = 3
PATIENCE = 20.0
_LOOK_EVERY = 0.05


class Guest(Protocol):
    """Who takes a seat, a connection as a rule."""

    @property
    def closed(self) -> bool:
        """Whether the seat is free again."""


@dataclass(slots=True)
class _Visitor:
    """Takes a seat for connections that are made elsewhere, one at a time."""

    closed: bool = False


class Seats:
    """At most MOST connections to a server for an account: the inbox, the bodies, and one more. Any thread
    may use it.

    They are counted by server and user, as servers count them: Exchange takes three sending connections a
    mailbox ("432 4.3.2 Concurrent connections limit exceeded"), Dovecot counts by user and address
    (mail_max_userip_connections). Three for a whole host would leave the fourth account at
    outlook.office365.com without its inbox.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._guests: dict[tuple[str, int, str], list[Guest]] = {}

    def take(self, account: Account, which: str, guest: Guest, check: Callable[[], None]) -> None:
        """Wait until `guest` may connect to receive ("incoming") or to send ("smtp"); `check` ends the wait
        by what it raises. Raises Busy when no seat becomes free."""
        key = _key(account, which)
        deadline = time.monotonic() + self._patience
        while not self._taken(key, guest):
            check()
            if time.monotonic() >= deadline:
                raise Busy(
                    f"All {MOST} connections to {key[0]} are in use.",
                    "It is tried again by itself when one of them is free.",
                )
            time.sleep(_LOOK_EVERY)

    @contextmanager
    def held(self, account: Account, which: str) -> Iterator[None]:
        """A `with` block with a seat of its own. Raises Busy."""
        visitor = _Visitor()
        self.take(account, which, visitor, lambda: None)
        try:
            yield
        finally:
            visitor.closed = True

    def _taken(self, key: tuple[str, int, str], guest: Guest) -> bool:
        with self._lock:
            here = self._guests[key] = [one for one in self._guests.get(key, ()) if not one.closed]
            if len(here) < MOST:
                here.append(guest)
                return True
        return False


def _key(account: Account, which: str) -> tuple[str, int, str]:
    incoming = which == "incoming"
    server = account.receiving if incoming else account.smtp
    login = account.login if incoming else account.sending_login
    user = login.username if login and login.username else account.address
    return (server.host.lower(), server.port, user.lower()) if server else ("", 0, user.lower())
