"""The program as a process of its own, with a password store in a file, to be talked with."""

from __future__ import annotations

import json
import os
import pty
import queue
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tests.config import on_disk

ROOT = Path(__file__).parents[2]
_LONG = 40.0
_DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);os.execv(sys.argv[1], sys.argv[1:])"
)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


class Talk:
    """A running program. What it prints is kept in `out` and `err`, line by line, as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.out: list[str] = []
        self.err: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        assert process.stdout is not None
        assert process.stderr is not None
        pairs = ((process.stdout, self.out), (process.stderr, self.err))
        self._readers = [threading.Thread(target=self._read, args=pair) for pair in pairs]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Talk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ended()

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                self._lines.put(lines[-1])

    def line(self, part: str) -> str:
        """The next line that has `part` in it, on either stream."""
        deadline = time.monotonic() + _LONG
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{part!r} was not printed: {self.out} {self.err}") from None
            if part in line:
                return line

    def say(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hang_up(self) -> None:
        """End its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        code = self.process.wait(_LONG)
        for reader in self._readers:
            reader.join()
        return code

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was printed so far, as JSON Lines."""
        return [json.loads(line) for line in self.out]


class Terminal:
    """A program on a terminal of its own. `shown` is all that it and the echo have written there."""

    def __init__(self, argv: list[str], environment: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *argv],
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._ours)[3] & termios.ECHO)

    def until(self, part: str) -> str:
        """Read until `part` is shown, and answer everything shown so far."""
        deadline = time.monotonic() + _LONG
        while part not in self.shown:
            left = deadline - time.monotonic()
            assert left > 0 and self._read(left), f"{part!r} was not shown: {self.shown}"
        return self.shown

    def say(self, line: str) -> None:
        """Type or paste a line."""
        data = f"{line}\r".encode()
        while data:
            data = data[os.write(self._ours, data[:1000]) :]

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        while self._read(_LONG):
            pass
        return self.process.wait(_LONG)

    def _read(self, within: float) -> bool:
        if not select.select([self._ours], [], [], within)[0]:
            return False
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # EIO: nobody has the terminal any more
            return False
        self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)


@dataclass(frozen=True, slots=True)
class RealProgram:
    """`python -m tui --home HOME …` in an environment without desktop, proxies and the person's keyring.

    `more` is added to it, None takes a variable out; `under` is a command that runs the program."""

    home: Path
    more: Mapping[str, str | None] = field(default_factory=dict)
    under: tuple[str, ...] = ()

    @property
    def keyring(self) -> Path:
        """The file of the password store."""
        return self.home.with_name("keyring.json")

    @property
    def environment(self) -> dict[str, str]:
        """What the program finds in its environment."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in (*_DESKTOP, *_PROXIES, "OUTLOOK_TUI_CLIENT_ID", "OUTLOOK_TUI_HOME")
        }
        ours = {"PYTHON_KEYRING_BACKEND": on_disk.BACKEND, on_disk.FILE: str(self.keyring)}
        changed = {**kept, **ours, "PYTHONPATH": str(ROOT), **self.more}
        return {name: value for name, value in changed.items() if value is not None}

    def _argv(self, words: tuple[object, ...]) -> list[str]:
        return [*self.under, sys.executable, "-m", "tui", "--home", str(self.home), *map(str, words)]

    def start(self, *words: object) -> Talk:
        """Begin to run it."""
        return Talk(
            subprocess.Popen(
                self._argv(words),
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
        )

    def on_terminal(self, *words: object) -> Terminal:
        """Begin to run it with all its streams on a terminal."""
        return Terminal(self._argv(words), self.environment)

    def __call__(self, *words: object, code: int = 0) -> Talk:
        """Run it to its end, which must be that exit code."""
        with self.start(*words) as talk:
            ended = talk.ended()
        assert ended == code, f"exit {ended}: {talk.out} {talk.err}"
        return talk
