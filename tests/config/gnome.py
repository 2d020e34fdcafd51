"""The real gnome-keyring on a session bus of its own, for programs that a test runs as processes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

HOW_TO_GET_IT = "needs gnome-keyring and dbus: apt-get install gnome-keyring dbus"
_UNLOCK = "printf '%s\\n' {password} | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
_NOT_OURS = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND")


def require() -> None:
    """Skip the test where it is not installed; fail it where it has to be."""
    if shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session"):
        return
    if os.environ.get("OUTLOOK_TUI_REQUIRE_SERVERS") == "1":
        pytest.fail(HOW_TO_GET_IT)
    pytest.skip(HOW_TO_GET_IT)


def session(password: str | None) -> tuple[str, ...]:
    """What a program is run under: a session bus, on which `password` unlocks the login keyring of the home,
    and makes it at first; None leaves it as it is."""
    unlock = _UNLOCK.format(password=password) if password else ""
    return ("dbus-run-session", "--", "sh", "-c", unlock + 'exec "$@"', "sh")


def changes(home: Path) -> dict[str, str | None]:
    """What has to be changed in the environment so that nothing but the keyring of `home` is found."""
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    gone = [name for name in os.environ if name in _NOT_OURS or name.startswith(("GNOME_KEYRING", "XDG_"))]
    taken: dict[str, str | None] = dict.fromkeys((*gone, *_NOT_OURS), None)
    return {**taken, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
