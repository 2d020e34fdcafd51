"""A program in a terminal of its own, and what it costs until a text stands on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.bench.process import most_memory

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[ -/]*[0-~])", re.S
)
_READ = 1 << 16


def _seconds(schedstat: Path) -> float:
    return int(schedstat.read_text().split()[0]) / 1e9


class Terminal:
    """`command` started in a pseudo-terminal; ended by `close` or the `with` block."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        columns: int = 120,
        lines: int = 36,
    ) -> None:
        self._began = time.perf_counter()
        self.process, self._screen = pty.fork()
        if not self.process:
            variables = {
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                **(environment or {}),
            }
            os.execvpe(command[0], list(command), variables)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._written = b""

    def wait_for(self, text: str, within: float = 60.0) -> float:
        """Seconds since the start (or since the last `press`) until `text` was written.

        Raises TimeoutError when it does not come.
        """
        wanted = text.encode()
        while wanted not in _ESCAPES.sub(b"", self._written):
            left = self._began + within - time.perf_counter()
            if left <= 0 or not select.select([self._screen], [], [], left)[0]:
                raise TimeoutError(f"{text!r} was not written within {within} s")
            self._written += os.read(self._screen, _READ)
        return time.perf_counter() - self._began

    def press(self, keys: str) -> None:
        """Type keys; what was written before is forgotten."""
        self._written, self._began = b"", time.perf_counter()
        os.write(self._screen, keys.encode())

    def settle(self, seconds: float) -> None:
        """Read what comes in the next seconds."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self._screen], [], [], left)[0]:
                self._written += os.read(self._screen, _READ)

    def cpu(self) -> float:
        """Seconds of CPU that all its threads have used."""
        tasks = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(map(_seconds, tasks))

    def cpu_drawing(self) -> float:
        """Seconds of CPU that its first thread has used."""
        return _seconds(Path(f"/proc/{self.process}/task/{self.process}/schedstat"))

    def memory(self) -> float:
        """The most memory it has had so far (resident, MB)."""
        return most_memory(self.process)

    def close(self) -> None:
        """End it without asking."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self._screen)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
