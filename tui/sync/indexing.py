"""Mail that came in bulk is taken into the search index afterwards, newest first.

Reading a message for the index takes longer than fetching and storing it: done at once, it would hold up the
download. The mark of what waits stands in the store, so that an interrupted run goes on where it was. Much of
it is a child process's work (`index_thread`): on a thread beside the screen it would make every key slower.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.store.lock import EngineLock
from tui.store.reader import Reader
from tui.store.writer import Writer

MANY = 200
"""More new messages at once than this are stored first, and read for the index afterwards."""
BATCH = 150
FEW = 500
"""So many messages are indexed by whoever comes upon them; more are left to a child process."""


def index_batch(reader: Reader, writer: Writer) -> int:
    """Index the newest messages that wait, in one short transaction; how many there were."""
    from tui.mail.scan import scan  # not before the first list is shown

    waiting = reader.to_index(BATCH)
    if waiting:
        writer.index([(one.id, one.whole, None if one.raw is None else scan(one.raw)) for one in waiting])
    return len(waiting)


def index_all(
    database: Path, halted: Callable[[], bool], progress: Callable[[int], None] | None = None
) -> bool:
    """Index all that waits; False, and nothing done, while another process is at it.

    `halted` is asked between two batches, `progress` told how many are left. Raises StoreBroken, Busy.
    """
    with EngineLock(database.with_name("index.lock")) as lock:
        if not lock.held:
            return False
        with Reader(database) as reader, Writer(database) as writer:
            left = reader.to_index_count()
            while not halted() and (done := index_batch(reader, writer)):
                left = max(0, left - done)
                if progress:
                    progress(left)
    return True


def index_few(database: Path) -> None:
    """Index what waits if that takes no time to speak of. Raises StoreBroken, Busy."""
    with Reader(database) as reader:
        waiting = reader.to_index_count()
    if 0 < waiting <= FEW:
        index_all(database, lambda: False)
