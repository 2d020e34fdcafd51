"""Secrets from a command of the person's own."""

from __future__ import annotations

import os
import shlex
import sys
import time
import traceback
from pathlib import Path

import pytest

from tui.config.command import from_command
from tui.model.error import SignInNeeded
from tui.model.secret import Secret

PYTHON = shlex.quote(sys.executable)


def _python(code: str) -> str:
    return f"{PYTHON} -c {shlex.quote(code)}"


@pytest.mark.parametrize(
    ("code", "secret"),
    [
        ("print('hunter2')", "hunter2"),
        ("print('first'); print('second')", "first"),
        ("import sys; sys.stdout.write('no line end')", "no line end"),
        ("print(' spaces  are kept ')", " spaces  are kept "),
        ("import sys; sys.stdout.buffer.write(b'\\xc3\\xbc\\r\\nx')", "ü"),
        ("print('first'); print('x' * 1_000_000)", "first"),
        ("import sys; print(repr(sys.stdin.read()))", "''"),
    ],
)
def test_the_first_line_is_the_secret(code: str, secret: str) -> None:
    assert from_command(_python(code)) == Secret(secret)


def test_no_shell_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    found = from_command("echo '$HOME' \"a  b\" ; touch made && `id` | cat > made")

    assert found.reveal() == "$HOME a  b ; touch made && `id` | cat > made"
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "cannot be split"),
        ("  ", "cannot be split"),
        ("pass 'show", "cannot be split"),
        ("no-such-program-canary", "could not be started: No such file"),
        ("/", "could not be started: Permission denied"),
        (_python("print('canary'); raise SystemExit(3)"), "status 3"),
        ("true canary", "printed nothing"),
        (_python("print(); print('canary')"), "printed nothing"),
        (_python("import sys; sys.stdout.buffer.write(b'canary\\xff')"), "not UTF-8"),
        (_python("print('canary' * 20_000)"), "too long"),
    ],
)
def test_what_went_wrong_is_said_without_its_words(command: str, said: str) -> None:
    with pytest.raises(SignInNeeded, match=said) as raised:
        from_command(command)

    error = raised.value
    shown = "".join([*traceback.format_exception(error), error.what, error.hint, error.detail])
    assert "canary" not in shown.replace("test_command.py", "").replace(repr(command), "")


def test_it_ends_with_its_children_after_the_limit(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    child = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    began = time.monotonic()

    with pytest.raises(SignInNeeded, match="not done after"):
        from_command(
            _python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"), limit=1.0
        )

    assert time.monotonic() - began < 10
    if pid.exists():
        _assert_gone(int(pid.read_text()))


def _assert_gone(pid: int) -> None:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    pytest.fail("a child of the command is still running")
