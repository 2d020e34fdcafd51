"""Where the screen cannot be drawn, the program says what it lacks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("stdin", "The screen needs a terminal."),
        ("stdout", "The screen needs a terminal."),
        ("stderr", "The screen needs the terminal's error output, too."),
    ],
)
def test_the_screen_is_not_drawn_where_nobody_sees_it(tmp_path: Path, lacking: str, words: str) -> None:
    ours, theirs = pty.openpty()
    try:
        streams = dict.fromkeys(("stdin", "stdout"), theirs) | {lacking: subprocess.DEVNULL}
        process = subprocess.run(
            [sys.executable, "-m", "tui", "--home", str(tmp_path)],
            stdin=streams["stdin"],
            stdout=streams["stdout"],
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)

    assert process.returncode == 2
    assert words in process.stderr.decode()
