"""Messages whose FETCH breaks the connection: put aside, so that all the others arrive.

Some servers answer for one spoilt message with what is no protocol. What comes after it on that connection
means nothing, and which message of hundreds it was nobody can tell. So the messages around it are asked for
one by one over the next connection, until it is found. It is asked for again when the program starts anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from tui.model.error import Garbled

log = logging.getLogger(__name__)

WINDOW = 1_000
"""How many may have been on their way: two commands of 500 messages."""

Item = TypeVar("Item")
Ask = Callable[[Sequence[int]], Iterator[Item]]


class SetAside:
    """Knows the messages put aside, by folder and uid, and the folders in which one is being looked for.

    `noted` counts what was learnt so far: as long as it grows, another connection is worth while.
    """

    def __init__(self) -> None:
        self._uids: dict[int, set[int]] = {}
        self._suspected: set[int] = set()
        self.noted = 0

    def uids(self, folder: int) -> frozenset[int]:
        """What was put aside in a folder."""
        return frozenset(self._uids.get(folder, ()))

    def forget(self, folder: int) -> None:
        """The folder was numbered anew."""
        self._uids.pop(folder, None)

    @property
    def suspected(self) -> frozenset[int]:
        """The folders in which such a message is being looked for."""
        return frozenset(self._suspected)

    @property
    def calm(self) -> bool:
        """Whether no folder is known to have such a message."""
        return not self._suspected and not any(self._uids.values())

    def suspect(self, folders: Iterable[int]) -> None:
        """Somebody else's connection broke over a message of these folders."""
        for folder in folders:
            self._suspected.add(folder)
            self.noted += 1

    def suspects(self, folder: int) -> bool:
        """Whether a message that breaks the connection is in a folder, found or not."""
        return folder in self._suspected or bool(self._uids.get(folder))

    def fetched(self, folder: int, uids: Sequence[int], ask: Ask[Item]) -> Generator[Item, None, None]:
        """What `ask` answers for those of `uids` that were not put aside. Raises what `ask` raises, and notes
        where it was Garbled."""
        aside = self.uids(folder)
        todo = [uid for uid in uids if uid not in aside]
        singly = todo[:WINDOW] if folder in self._suspected else []
        for uid in singly:
            try:
                yield from ask([uid])
            except Garbled:
                self._put_aside(folder, uid)
                raise
        self._suspected.discard(folder)
        try:
            yield from ask(todo[len(singly) :])
        except Garbled:
            self._suspected.add(folder)
            self.noted += 1
            raise

    def _put_aside(self, folder: int, uid: int) -> None:
        log.warning("message %d of folder %d breaks the connection", uid, folder)
        self._uids.setdefault(folder, set()).add(uid)
        self.noted += 1

    def problem(self, folder: int, name: str) -> str:
        """A sentence on what was put aside in a folder, "" for nothing."""
        number = len(self.uids(folder))
        if not number:
            return ""
        messages = "1 message" if number == 1 else f"{number} messages"
        return f"{messages} of {name} cannot be fetched: the server's answer is no mail protocol."
