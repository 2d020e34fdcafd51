from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tui.ui import opening


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
    assert opening.may_open(name) is allowed


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "-x", "--help", "data:text/html,x", "smb://x", "/etc/passwd", ""]
)
def test_nothing_but_web_and_file_addresses_is_handed_over(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "opener", lambda: ["true"])
    monkeypatch.setattr(subprocess, "Popen", _forbidden)
    assert not opening.open_outside(address)


def test_the_address_is_one_argument_and_no_shell_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    def popen(command: list[str], **given: Any) -> None:
        assert not given.get("shell")
        started.append(command)

    monkeypatch.setattr(opening, "opener", lambda: ["xdg-open"])
    monkeypatch.setattr(subprocess, "Popen", popen)
    assert opening.open_outside("https://x.example/$(id)?a=1 b")
    assert started == [["xdg-open", "https://x.example/$(id)?a=1 b"]]


def test_without_a_desktop_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(subprocess, "Popen", _forbidden)
    assert not opening.open_outside("https://x.example")


def _forbidden(*_command: object, **_given: object) -> None:
    raise AssertionError("something was started")
