"""What comes over the network is read by a thread of its own while what came before is being stored.

Decrypting and waiting for the server leave the interpreter to the other thread, and so do SQLite, compression
and hashing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Generic, TypeVar

BATCH = 500
BATCH_OCTETS = 2 << 20
BATCH_SECONDS = 0.1
MOST_OCTETS = 6 << 20
"""Octets that are read ahead of who stores them: the memory that this takes."""

Item = TypeVar("Item")


def ahead(
    items: Generator[Item, None, None], octets: Callable[[Item], int]
) -> Generator[list[Item], None, None]:
    """The items in lists, each of what has come meanwhile: up to about BATCH items, BATCH_OCTETS (as `octets`
    weighs them) or BATCH_SECONDS.

    Raises what `items` raises, after all that came before it. `items` is closed before this ends, also when
    the loop is left early.
    """
    reading = _Reading(items, octets)
    thread = threading.Thread(target=reading.run, name="read-ahead", daemon=True)
    thread.start()
    try:
        while batch := reading.take():
            yield batch
    finally:
        reading.leave()
        thread.join()
    if reading.error:
        raise reading.error


class _Reading(Generic[Item]):
    """The items on their way from one thread to the other."""

    def __init__(self, items: Generator[Item, None, None], octets: Callable[[Item], int]) -> None:
        self.error: Exception | None = None
        self._items = items
        self._weigh = octets
        self._changed = threading.Condition()
        self._full: deque[tuple[list[Item], int]] = deque()
        self._gathered: list[Item] = []
        self._octets = 0  # of what is gathered, and not yet a full list
        self._ahead = 0  # of the full lists
        self._ended = False
        self._left = False

    def run(self) -> None:
        """The thread that reads."""
        try:
            with closing(self._items):
                for item in self._items:
                    if not self._put(item):
                        break
        except Exception as error:  # noqa: BLE001 - the top of a thread: who takes the items raises it
            self.error = error
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _put(self, item: Item) -> bool:
        """Hand over an item, when there is room for it; False when nobody takes it any more."""
        with self._changed:
            while self._ahead >= MOST_OCTETS and not self._left:
                self._changed.wait()
            self._gathered.append(item)
            self._octets += self._weigh(item)
            if len(self._gathered) >= BATCH or self._octets >= BATCH_OCTETS:
                self._close_list()
            if len(self._gathered) <= 1:
                self._changed.notify()
            return not self._left

    def _close_list(self) -> None:
        self._full.append((self._gathered, self._octets))
        self._ahead += self._octets
        self._gathered, self._octets = [], 0

    def take(self) -> list[Item]:
        """What has come since the last time; empty at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._full or self._gathered or self._ended)
            self._changed.wait_for(lambda: self._full or self._ended, BATCH_SECONDS)
            if not self._full:
                self._close_list()
            taken, octets = self._full.popleft()
            self._ahead -= octets
            self._changed.notify()
            return taken

    def leave(self) -> None:
        """Take nothing more."""
        with self._changed:
            self._left = True
            self._changed.notify()
