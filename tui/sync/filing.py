"""Bodies stored on a thread of their own, so that the network does not wait for index and disk."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from tui.model.message import Scan
from tui.store.writer import Writer

Bodies = Sequence[tuple[int, bytes, Scan]]


class Filing:
    """Stores one batch of bodies while the next one is fetched; at most these two are in memory.

    Errors of the store come out of the next `put` or `settle`. To be used by one thread, in a `with` block.
    """

    def __init__(self, database: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "filing")
        self._writer = self._thread.submit(Writer, database)
        self._open: tuple[Bodies, Future[None]] | None = None

    def put(self, bodies: Bodies) -> Bodies:
        """Begin to store a batch. Waits for the one before and answers it: it is stored now."""
        stored = self.settle()
        self._open = bodies, self._thread.submit(self._writer.result().bodies, bodies)
        return stored

    def settle(self) -> Bodies:
        """Wait until all that was put is stored; answers the batch that was still open."""
        if self._open is None:
            return ()
        (bodies, done), self._open = self._open, None
        done.result()
        return bodies

    def __enter__(self) -> Filing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._writer.exception():
            self._thread.submit(self._writer.result().close)
        self._thread.shutdown()
