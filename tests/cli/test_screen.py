"""The screen as the command line opens it, in a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyte
import pytest

from tui.cli.run import parse
from tui.cli.screen import completed
from tui.model.draft import Draft

COLUMNS, LINES = 120, 36
PATIENCE = 30.0


class Terminal:
    """A terminal of 120×36 with the program in it."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self._process = process
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    def shown(self) -> str:
        """What stands on it now."""
        return "\n".join(self._screen.display)

    def wait_for(self, text: str) -> None:
        """Read what the program draws until `text` stands there."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown():
            assert time.monotonic() < deadline, self.shown()
            self._read()

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 0.1)[0]:
            return True
        try:
            self._stream.feed(os.read(self._master, 65536))
        except OSError:  # the other end is closed
            return False
        return True

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def ended(self) -> int:
        """The exit code, once the program has ended by itself."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            assert time.monotonic() < deadline, self.shown()
            self._read()
        return self._process.returncode


@contextmanager
def _opened(*words: str, **environment: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", **environment},
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.mark.terminal
def test_the_demo_opens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with _opened("--demo", TMPDIR=str(tmp_path)) as terminal:
        terminal.wait_for("nothing leaves this computer")
        terminal.wait_for("Welcome: five things to try")
        assert [path.name[:17] for path in tmp_path.iterdir()] == ["outlook-tui-demo-"]
        terminal.press("\x11")
        assert terminal.ended() == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.terminal
def test_the_demo_is_a_door_of_the_first_screen(tmp_path: Path) -> None:
    with _opened("--home", str(tmp_path / "home")) as terminal:
        terminal.wait_for("3  Try the demo")
        terminal.press("3")
        terminal.wait_for("Welcome: five things to try")
        terminal.press("\x11")
        assert terminal.ended() == 0
    assert not (tmp_path / "home" / "config" / "config.toml").exists()


@pytest.mark.terminal
def test_a_mailto_link_opens_a_new_mail(tmp_path: Path) -> None:
    url = "mailto:a@contoso.example?subject=Gr%C3%BC%C3%9Fe"
    with _opened("--home", str(tmp_path / "home"), url) as terminal:
        terminal.wait_for("Grüße")
        terminal.wait_for("a@contoso.example")


EMPTY = Draft("me", sender="me")
COMPOSED = [
    ("compose", EMPTY),
    ("compose --to a@x --to b@x --cc c@x", replace(EMPTY, to="a@x, b@x", cc="c@x")),
    ("compose --subject s --body t", replace(EMPTY, subject="s", body="t")),
    ("compose --bcc d@x", replace(EMPTY, to="kept@x", bcc="d@x")),
]


@pytest.mark.parametrize(("line", "draft"), COMPOSED)
def test_options_complete_a_new_mail(line: str, draft: Draft) -> None:
    _, options = parse(line.split())
    to = draft.to if "--to" not in line else ""
    assert completed(Draft("me", to=to), options) == draft
