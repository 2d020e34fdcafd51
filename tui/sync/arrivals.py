"""New messages of an IMAP folder on their way: the newest page of headers first, then the rest.

Where everything is wanted here and would come within PATIENCE at the pace seen so far, whole messages are
asked for: a header and later its message cost the server, the line and the store twice. On a slower line, or
with more mail, the list comes first, and the bodies over another connection (`bulk`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from tui.mail.header import block, envelope_of, fingerprint_of, split
from tui.model.message import Envelope
from tui.net.answer import FetchedHeader
from tui.net.imap import ImapConnection
from tui.sync.ahead import ahead
from tui.sync.set_aside import SetAside

PAGE = 200
"""Headers that are shown before anything else comes."""
CROWD = 2 * PAGE
"""More new messages than this are not fetched by header and again whole, if that can be."""
PATIENCE = 30.0
"""Seconds that the list of a folder may take longer because the bodies come with it."""
TRIAL = 1.0
"""Seconds of whole messages after which their pace is believed."""
_AT_ONCE = 500
_SECONDS_AT_ONCE = 0.25  # who needs the connection meanwhile waits for two commands
_LEAST_AT_ONCE = 256 << 10
_MOST_AT_ONCE = 3 << 20


class Arrived(NamedTuple):
    """A message that has come, and what its header says."""

    found: FetchedHeader
    fingerprint: int
    envelope: Envelope


Run = Generator[list[Arrived], None, None]


class Arrivals:
    """Fetches `uids` of the selected folder in their order.

    `whole` says whether their bodies are wanted, too; `hurried` is asked between two commands whether
    somebody else needs the connection.
    """

    def __init__(
        self,
        connection: ImapConnection,
        aside: SetAside,
        folder: int,
        uids: Sequence[int],
        *,
        whole: bool,
        hurried: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._aside = aside
        self._folder = folder
        self._uids = uids
        self._asked = 0
        self._whole = whole and len(uids) > CROWD and not aside.suspects(folder)
        self._hurried = hurried
        self._silent: set[int] = set()  # asked for whole, and not come yet
        self._pace = _Pace()

    def runs(self) -> Iterator[Run]:
        """The messages in lists, run by run, each to be read to its end; between two runs the connection is
        free for other commands."""
        if self._whole:
            yield self._run(self._uids[:PAGE], whole=False)
            self._pace.begin()
        while self._whole and self._asked < len(self._uids):
            yield self._run(self._uids[self._asked :], whole=True)
        while self._asked < len(self._uids):
            yield self._run(self._uids[self._asked :], whole=False)
        if self._silent:  # their headers may come all the same
            self._uids, self._asked = sorted(self._silent, reverse=True), 0
            yield self._run(self._uids, whole=False)

    def _run(self, uids: Sequence[int], *, whole: bool) -> Run:
        for batch in ahead(self._each(uids, whole), _octets):
            self._pace.add(batch)
            if whole:
                self._silent.difference_update(one.found.uid for one in batch)
            yield batch

    def _each(self, uids: Sequence[int], whole: bool) -> Generator[Arrived, None, None]:
        """Runs on the thread that reads; that which stores has enough to do."""

        def ask(wanted: Sequence[int]) -> Generator[FetchedHeader, None, None]:
            return self._connection.fetched(self._batches(wanted, whole), whole=whole)

        with closing(self._aside.fetched(self._folder, uids, ask)) as items:
            for found in items:
                fields = split(block(found.header))
                yield Arrived(found, fingerprint_of(fields), envelope_of(fields))

    def _batches(self, uids: Sequence[int], whole: bool) -> Iterator[Sequence[int]]:
        """What to ask for with one command each, until somebody needs the connection or the pace is too slow.
        The first of a run in any case, so that it comes to its end."""
        position = 0
        while position < len(uids):
            if position and self._hurried():
                return
            if whole and not self._pace.allows(len(self._uids) - self._asked):
                self._whole = False
                if position:
                    return
            batch = uids[position : position + (self._pace.at_once() if whole else _AT_ONCE)]
            position += len(batch)
            self._asked += len(batch)
            if whole:
                self._silent.update(batch)
            yield batch


class _Pace:
    """How fast whole messages come, and how large they are."""

    def __init__(self) -> None:
        self._began = 0.0
        self._count = 0
        self._octets = 0
        self._before = 0

    def begin(self) -> None:
        """What came so far tells the size of messages, not yet the pace."""
        self._before = self._octets
        self._began = time.monotonic()

    def add(self, batch: Sequence[Arrived]) -> None:
        """So much has come."""
        self._count += len(batch)
        self._octets += sum(one.found.size for one in batch)

    def _mean(self) -> int:
        return max(1, self._octets // max(1, self._count))

    def _each_second(self) -> float:
        return (self._octets - self._before) / max(0.001, time.monotonic() - self._began)

    def allows(self, messages: int) -> bool:
        """Whether so many messages will be here soon enough."""
        if time.monotonic() - self._began < TRIAL:
            return True
        return messages * self._mean() <= PATIENCE * self._each_second()

    def at_once(self) -> int:
        """How many messages to ask for with one command."""
        octets = min(max(int(self._each_second() * _SECONDS_AT_ONCE), _LEAST_AT_ONCE), _MOST_AT_ONCE)
        return min(max(1, octets // self._mean()), _AT_ONCE)


def _octets(one: Arrived) -> int:
    return len(one.found.header)
