"""A child process that downloads, as the thread that waits for it sees it: like a connection."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tui.model.account import Login
from tui.model.error import Busy, MailError, Offline
from tui.model.secret import Secret
from tui.sync.errand import Ended, Errand, Said, SignedIn, errand_line, said_of

_AT_MOST = 5.0  # seconds that a killed process may take to be gone


class Child:
    """A process of `bulk_process` with its own connection to the server. Used by one thread; only `abort` may
    come from another."""

    def __init__(self, database: Path, errand: Errand) -> None:
        self._database = database
        self._errand = errand
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._aborted = False
        self._closed = False
        self.unusable = False
        """Whether no process could be begun, or it ended without a word, as where Python finds no program."""

    @property
    def closed(self) -> bool:
        """Whether the process, and with it its connection, is gone."""
        return self._closed

    def connect(self) -> None:
        """Begin the process; it connects once it knows where to. Raises Busy when none can be had."""
        command = [sys.executable, "-P", "-m", "tui.sync.bulk_process", str(self._database)]
        with self._lock:
            if self._aborted:
                return
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl+C in the terminal is not meant for it
                )
            except OSError as error:
                self.unusable = True
                raise Busy("There is no process for fetching just now.", detail=str(error)) from error

    def sign_in(self, account: Login, secret: Secret) -> None:
        """Hand over the errand and the secret, and wait for the server's word. Raises what it comes to."""
        with contextlib.suppress(BrokenPipeError):  # what it said last tells why
            self._pipe("stdin").write(errand_line(self._errand, secret))
            self._pipe("stdin").flush()
        try:
            said = self._next()
        except Offline:
            self.unusable = not self._aborted
            raise
        if isinstance(said, Ended) and said.error:
            raise said.error
        if not isinstance(said, SignedIn):
            raise _lost(repr(said))

    def said(self) -> Iterator[Said]:
        """What it says after that, up to the end of the errand. Raises Offline when it ends before."""
        while True:
            said = self._next()
            yield said
            if isinstance(said, Ended):
                return

    def _next(self) -> Said:
        try:
            return said_of(self._pipe("stdout").readline())
        except (OSError, ValueError) as error:  # nothing, or half a line, from a process that was ended
            raise _lost(str(error)) from error

    def _pipe(self, name: str) -> IO[bytes]:
        pipe = getattr(self._process, name, None)
        if pipe is None:
            raise _lost("no process")
        return pipe  # type: ignore[no-any-return]

    def abort(self) -> None:
        """End it at once, from any thread; what it has stored stays."""
        with self._lock:
            self._aborted = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End it if it has not ended, and give the pipes back."""
        self.abort()
        process = self._process
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_AT_MOST)
        self._closed = True


def _lost(detail: str) -> MailError:
    return Offline("The process that fetches mail has ended too early.", "It is begun again.", detail=detail)
