"""The program as a process of its own: signals, closed pipes, what is imported, how long it takes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui import __version__

PROGRAM = [sys.executable, "-m", "tui"]


def _run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "--home", str(home), *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", [PROGRAM, [str(Path(sys.executable).with_name("outlook-tui"))]])
def test_both_doors_open(command: list[str]) -> None:
    for words in (["--version"], ["--json", "--version"]):
        done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == f"outlook-tui {__version__}\n"


HEAVY = (
    "textual",
    "rich",
    "imapclient",
    "smtplib",
    "poplib",
    "ssl",
    "keyring",
    "asyncio",
    "tomlkit",
    "msal",
    "email",
)


@pytest.mark.parametrize(
    "line", ["--version", "list", "folders", "search x", "outbox", "locate", "account list"]
)
def test_quick_commands_import_nothing_heavy(tmp_path: Path, line: str) -> None:
    code = (
        "import sys; from tui.__main__ import main; "
        f"assert main(['--home', {str(tmp_path)!r}, *{line.split()!r}]) == 0; "
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.split(".")[0] for name in done.stderr.splitlines()[-1].split()}
    assert loaded.isdisjoint(HEAVY)


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    command = " ".join(PROGRAM) + f" --home '{tmp_path}' --help"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "--home", str(tmp_path), "inspect", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdin is not None
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(1.5)
        running.send_signal(signal.SIGINT)
        assert running.wait(5) == 130
        assert running.stderr is not None
        assert running.stderr.read() == ""


def test_home_may_come_from_the_environment(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "--json", "locate"], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "OUTLOOK_TUI_HOME": str(tmp_path)},
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert all(str(path).startswith(str(tmp_path)) for path in found.values())


def test_completions_are_scripts_that_bash_takes(tmp_path: Path) -> None:
    script = _run(tmp_path, "completions", "bash").stdout
    asked = (
        'COMP_WORDS=(outlook-tui account a); COMP_CWORD=2; _outlook_tui; echo "${COMPREPLY[@]}";'
        'COMP_WORDS=(outlook-tui --json list --un); COMP_CWORD=3; _outlook_tui; echo "${COMPREPLY[@]}";'
        'COMP_WORDS=(outlook-tui se); COMP_CWORD=1; _outlook_tui; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["add", "--unread", "search send"]
    for shell in ("zsh", "fish", "powershell"):
        assert "outlook-tui" in _run(tmp_path, "completions", shell).stdout


def test_powershell_is_told_every_word(tmp_path: Path) -> None:
    script = _run(tmp_path, "completions", "powershell").stdout

    assert script.startswith("Register-ArgumentCompleter -Native -CommandName outlook-tui")
    for word in (
        "'account' = @('add', 'list', ",
        "'account login' = @(",
        "'--device-code'",
        "'' = @('account'",
    ):
        assert word in script
    for pair in ("{}", "()"):
        assert script.count(pair[0]) == script.count(pair[1])
