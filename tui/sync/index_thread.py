"""The engine's thread that keeps the search index up with the store, by itself or through a child process."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from tui.model.error import MailError
from tui.model.event import MessagesChanged
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.indexing import FEW, index_batch

log = logging.getLogger(__name__)

TELL_EVERY = 1.0
LOOK_EVERY = 0.2
ANOTHER_IS_AT_IT = 5.0


class IndexThread:
    """`index`: sees to it, whenever `Context.index_due` is set, that nothing waits for the index."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stop = threading.Event()
        self._alone = False  # a child process could not be had, and would not be had the next time
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begin with what waits since the last time."""
        if not self._thread.is_alive() and not self._stop.is_set():
            self._context.index_due.set()
            self._thread.start()

    def close(self, deadline: float) -> None:
        """End by `deadline` (monotonic seconds); what still waits does so until the next start."""
        self._stop.set()
        self._context.index_due.set()
        if self._thread.is_alive():
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                while self._context.index_due.wait() and not self._stop.is_set():
                    self._context.index_due.clear()
                    self._try(reader, writer)
        except MailError as error:
            log.warning("there is no search index: %s (%s)", error.what, error.detail)
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("the thread of the search index ended")

    def _try(self, reader: Reader, writer: Writer) -> None:
        """A disk that is full has room again one day: it is tried anew when there is more to index."""
        try:
            self._index(reader, writer)
        except MailError as error:
            log.warning("the search index stays behind: %s (%s)", error.what, error.detail)

    def _index(self, reader: Reader, writer: Writer) -> None:
        while not self._stop.is_set() and (waiting := reader.to_index_count()):
            if waiting > FEW and not self._alone:
                self._alone = not self._by_child(reader)
                if not self._alone and reader.to_index_count() >= waiting:
                    self._stop.wait(ANOTHER_IS_AT_IT)
                continue
            changed = reader.to_index_folders()
            index_batch(reader, writer)
            self._tell(changed)

    def _by_child(self, reader: Reader) -> bool:
        """Let a child process index all; False when none can be had."""
        command = [sys.executable, "-P", "-m", "tui.sync.index_process", str(self._context.database)]
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C in the terminal is not meant for it
            )
        except OSError as error:
            log.info("no process for the search index: %s", error)
            return False
        with child:
            try:
                self._accompany(child, reader)
            finally:
                child.terminate()
        return child.returncode == 0 or self._stop.is_set()

    def _accompany(self, child: subprocess.Popen[bytes], reader: Reader) -> None:
        """Until the child has ended: tell which folders' rows it fills, and end it when the program ends."""
        changed: list[tuple[str, int]] = []
        told = 0.0
        while child.poll() is None:
            if self._stop.is_set():
                return
            if time.monotonic() - told >= TELL_EVERY:
                self._tell(changed)
                changed, told = reader.to_index_folders(), time.monotonic()
            self._stop.wait(LOOK_EVERY)
        self._tell(changed)

    def _tell(self, folders: list[tuple[str, int]]) -> None:
        for account, folder in folders:
            self._context.board.tell(MessagesChanged(account, folder))
