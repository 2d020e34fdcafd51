"""Notices that this computer slept, or is in another network: what was connected before is not trusted."""

from __future__ import annotations

import time
from collections.abc import Callable

ASLEEP = 60.0
"""Seconds by the wall clock without a look after which the computer, or this program, was asleep."""
LOOK_AT_NETWORK = 2.0


def _own_address() -> str:
    from tui.net.way_out import own_address

    return own_address()


class Surroundings:
    """Asked several times a second. The monotonic clock of Linux stands still while a computer sleeps, the
    wall clock does not."""

    def __init__(
        self, wall: Callable[[], float] = time.time, own_address: Callable[[], str] = _own_address
    ) -> None:
        self._wall = wall
        self._own_address = own_address
        self._looked = self._asked = wall()
        self._address = own_address()

    def changed(self) -> bool:
        """Whether connections should be made anew, and what waits for a connection be tried at once."""
        now = self._wall()
        slept = now - self._looked > ASLEEP
        self._looked = now
        return self._moved(now) or slept

    def _moved(self, now: float) -> bool:
        """Whether there is a way to the internet, and another one than at the last look."""
        if 0 <= now - self._asked < LOOK_AT_NETWORK:
            return False
        self._asked = now
        before, self._address = self._address, self._own_address()
        return self._address not in ("", before)
