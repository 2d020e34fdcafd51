"""What is opened and by what, where nothing may be, and which way of signing in follows from that."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rig import until
from tui.config.desktop import commands, may_open, open_file, open_url, way_here
from tui.model.issuer import by_issuer
from tui.model.sign_in import Way

URL = "https://login.example.org/authorize?x=$(id)&y=`id`;z"
SCREEN = {"DISPLAY": ":0"}


def _program(folder: Path, name: str, script: str = 'printf "%s" "$*" > "$0.ran"') -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def _names(environ: dict[str, str], folder: Path, platform: str = "linux") -> list[str]:
    return [Path(words[0]).name for words in commands({"PATH": str(folder), **environ}, platform)]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A computer with every kind of browser."""
    for name in ("xdg-open", "firefox", "lynx", "w3m", "wslview", "open", "mine", "www-browser"):
        _program(tmp_path, name)
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "platform", "names"),
    [
        ({}, "linux", []),
        ({"DISPLAY": ":0"}, "linux", ["xdg-open", "firefox"]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["xdg-open", "firefox"]),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", ["wslview", "xdg-open"]),
        ({"DISPLAY": ":0", "BROWSER": "mine --new:firefox %s"}, "linux", ["mine", "firefox", "xdg-open"]),
        ({"DISPLAY": ":0", "BROWSER": "lynx:w3m:www-browser"}, "linux", ["xdg-open", "firefox"]),
        ({"DISPLAY": ":0", "BROWSER": "'unclosed:missing:"}, "linux", ["xdg-open", "firefox"]),
        ({"BROWSER": "mine"}, "linux", []),
        ({"SSH_CONNECTION": "1 2 3 4"}, "linux", []),
        ({"SSH_CONNECTION": "1 2 3 4", "BROWSER": "mine"}, "linux", []),
        ({"SSH_TTY": "/dev/pts/1", "DISPLAY": "localhost:10.0"}, "linux", ["xdg-open", "firefox"]),
        ({}, "darwin", ["open"]),
        ({"SSH_CLIENT": "1 2 3"}, "darwin", []),
        ({"SSH_CLIENT": "1 2 3", "DISPLAY": ":0"}, "darwin", []),
    ],
)
def test_the_commands_of_a_computer(
    programs: Path, environ: dict[str, str], platform: str, names: list[str]
) -> None:
    found = _names(environ, programs, platform)
    assert found[: len(names)] == names if names else found == []
    assert not {"lynx", "w3m", "www-browser"} & set(found)


def test_a_text_browser_behind_a_link_is_one_all_the_same(tmp_path: Path) -> None:
    _program(tmp_path, "lynx")
    (tmp_path / "mine").symlink_to(tmp_path / "lynx")
    assert _names({**SCREEN, "BROWSER": "mine"}, tmp_path) == []


def test_the_address_is_one_word_and_no_shell_sees_it(tmp_path: Path) -> None:
    ran = _program(tmp_path, "mine")
    environ = {**SCREEN, "PATH": f"{tmp_path}:/usr/bin:/bin", "BROWSER": "mine --new=%s -x"}
    assert open_url(URL, environ, "linux")
    until(ran.with_suffix(".ran").exists)
    assert ran.with_suffix(".ran").read_text() == f"--new={URL} -x"


def test_what_fails_makes_way_for_the_next(tmp_path: Path) -> None:
    _program(tmp_path, "broken", "exit 3")
    ran = _program(tmp_path, "xdg-open")
    environ = {**SCREEN, "PATH": f"{tmp_path}:/usr/bin:/bin", "BROWSER": "broken"}
    assert open_url(URL, environ, "linux")
    assert ran.with_suffix(".ran").read_text() == URL


def test_nothing_that_opens_is_said(tmp_path: Path) -> None:
    _program(tmp_path, "xdg-open", "exit 3")
    assert not open_url(URL, {**SCREEN, "PATH": str(tmp_path)}, "linux")
    assert not open_url(URL, {"PATH": str(tmp_path)}, "linux")


def test_a_browser_that_stays_is_not_waited_for(tmp_path: Path) -> None:
    _program(tmp_path, "mine", "sleep 4")
    begun = time.monotonic()
    assert open_url(URL, {**SCREEN, "PATH": f"{tmp_path}:/usr/bin:/bin", "BROWSER": "mine"}, "linux")
    assert time.monotonic() - begun < 3


def test_it_gets_no_terminal_and_no_text_browser_to_fall_back_on(tmp_path: Path) -> None:
    script = """
{ test -t 0 || test -t 1 || test -t 2; } && echo terminal > "$0.ran"
( : < /dev/tty ) 2>/dev/null && echo terminal >> "$0.ran"
echo "$BROWSER" >> "$0.ran"
echo noise
echo noise >&2"""
    ran = _program(tmp_path, "xdg-open", script)
    environ = {**SCREEN, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    code = (
        "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); open('/dev/tty').close();"
        f"from tui.config.desktop import open_url; sys.exit(not open_url({URL!r}, {environ!r}, 'linux'))"
    )
    ours, theirs = os.openpty()
    try:
        with os.fdopen(theirs, "wb", buffering=0) as terminal:
            command = [sys.executable, "-c", code]
            status = subprocess.run(
                command,
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                cwd=Path(__file__).parents[2],
                start_new_session=True,
                timeout=30,
                check=False,
            ).returncode
            assert select.select([ours], [], [], 0)[0] == [], os.read(ours, 2000)
        assert status == 0
    finally:
        os.close(ours)
    said = ran.with_suffix(".ran").read_text()
    assert "terminal" not in said
    assert "lynx" not in said and "firefox" in said


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "--help",
        "",
        "https://x.example/\n-x",
        "https://x.example/ y",
        "https://x.example/\u202ey",
        "data:text/html,x",
        "smb://x",
    ],
)
def test_only_web_addresses_are_opened(programs: Path, url: str) -> None:
    assert not open_url(url, {**SCREEN, "PATH": str(programs)}, "linux")
    assert not list(programs.glob("*.ran"))


def test_a_link_may_have_letters_beyond_ascii(tmp_path: Path) -> None:
    ran = _program(tmp_path, "xdg-open")
    url = "HTTPS://x.example/ü?a=1"
    assert open_url(url, {**SCREEN, "PATH": f"{tmp_path}:/usr/bin:/bin"}, "linux")
    assert ran.with_suffix(".ran").read_text() == url


@pytest.mark.parametrize(
    ("environ", "opened"),
    [(SCREEN, True), ({}, False), ({"SSH_TTY": "/dev/pts/1"}, False)],
)
def test_a_file_goes_to_its_usual_program_and_to_no_browser(
    tmp_path: Path, environ: dict[str, str], opened: bool
) -> None:
    own, usual = _program(tmp_path, "mine"), _program(tmp_path, "xdg-open")
    file = tmp_path / "a plan.pdf"
    surroundings = {**environ, "PATH": f"{tmp_path}:/usr/bin:/bin", "BROWSER": "mine"}
    assert open_file(file, surroundings, "linux") is opened
    assert not own.with_suffix(".ran").exists()
    if opened:
        assert usual.with_suffix(".ran").read_text() == file.as_uri()
    else:
        assert not usual.with_suffix(".ran").exists()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("plan.pdf", True), ("photo.JPG", True), ("x.pdf.exe", False), ("run.sh", False), ("p.html", False),
        ("a.desktop", False), ("", False), ("pdf", False), ("x.svg", False), ("m.docm", False),
        ("x.pdf ", True),
        ("x\u202efdp.exe", False), ("x.pdf\n.bat", False),
    ],
)  # fmt: skip
def test_only_files_that_cannot_run_may_be_opened(name: str, allowed: bool) -> None:
    assert may_open(name) is allowed


@pytest.mark.parametrize(
    ("environ", "issuer", "way"),
    [
        (SCREEN, "microsoft", Way.BROWSER),
        (SCREEN, "google", Way.BROWSER),
        ({"SSH_TTY": "/dev/pts/1"}, "microsoft", Way.DEVICE),
        ({}, "microsoft", Way.DEVICE),
        ({}, "google", Way.PASTE),
    ],
)
def test_the_way_here(programs: Path, environ: dict[str, str], issuer: str, way: Way) -> None:
    known = by_issuer(issuer)
    assert known is not None
    assert way_here(known, {"PATH": str(programs), **environ}, "linux") is way
