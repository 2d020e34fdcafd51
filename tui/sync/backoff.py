"""How long to wait after a failure: doubling with jitter, or what the server asked for."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tui.model.error import Busy, MailError

FIRST_DELAY = 1.0
LONGEST_DELAY = 300.0
THROTTLED_DELAY = 60.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Counts failures in a row. Immutable: `after` gives the delay and the next state."""

    failures: int = 0

    def after(self, error: MailError, jitter: float | None = None) -> tuple[float, Backoff]:
        """Seconds to wait after `error`, and the state to go on with.

        `jitter` is a factor in [0, 1), random when None: the delay lies between half of the doubled time
        and all of it, so that many clients do not come back at once. A Busy server that names a time is
        given at least that.
        """
        spread = random.random() if jitter is None else jitter  # noqa: S311 - no secret depends on it
        ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2.0**self.failures)
        delay = ceiling * (0.5 + spread / 2)
        if isinstance(error, Busy):
            delay = max(error.wait, THROTTLED_DELAY if not error.wait else 0.0, delay)
        return delay, Backoff(min(self.failures + 1, 16))


PACES = (
    ("office365.com", 2.0),
    ("outlook.com", 2.0),
    ("office365.us", 2.0),
    ("outlook.cn", 2.0),
)
"""Domains of servers that take only so many messages a minute, as seconds between two. Exchange Online: 30
(learn.microsoft.com, "Exchange Online limits", message rate limit)."""


def pace(host: str) -> float:
    """Seconds that are to pass between two mails handed to this server."""
    name = host.lower().rstrip(".")
    return next((one for domain, one in PACES if name == domain or name.endswith(f".{domain}")), 0.0)


class Pace:
    """Lets so much time pass between two mails of an account as its server wants. Any thread may use it."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def turn(self, address: str, host: str) -> float:
        """Seconds to wait before the next mail is handed over; the one after that waits for both."""
        with self._lock:
            now = self._steady()
            at = max(now, self._next.get(address, now))
            self._next[address] = at + pace(host)
            return at - now


RETRY_MINUTES = (1, 5, 15, 60, 120, 240)
MAX_ATTEMPTS = 40


def send_delay(attempts: int) -> int:
    """Seconds until a mail that could not be handed over is tried again (RFC 5321 4.5.4.1).

    `attempts` counts the tries so far, from 1.
    """
    return RETRY_MINUTES[min(attempts, len(RETRY_MINUTES)) - 1] * 60
