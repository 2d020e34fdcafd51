"""The real gnome-keyring on a session bus of its own: unlocked, locked, without a keyring, and no bus at all.

The program runs in child processes, so that this one's keyring and environment stay as they are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.config import gnome

pytestmark = pytest.mark.keyring

ROOT = Path(__file__).parents[2]
TOKEN = "canary-" + "aB3" * 2600

PROGRAM = """
import json, sys
from tui.config.secrets import Secrets
from tui.model.error import MailError
from tui.model.secret import Secret

def tried(what):
    try:
        answer = what()
    except MailError as error:
        return [type(error).__name__, error.what]
    return answer.reveal() if isinstance(answer, Secret) else answer

token = sys.stdin.read()
secrets, other = Secrets(), Secrets()
found = {
    "before": tried(lambda: other.get("me@example.org", "incoming")),
    "set": tried(lambda: secrets.set("me@example.org", "incoming", Secret(token))),
    "kept": tried(lambda: other.get("me@example.org", "incoming")),
    "held": tried(lambda: secrets.get("me@example.org", "incoming")) == token,
    "probe": secrets.probe().ok,
}
if "delete" in sys.argv:
    found["delete"] = tried(lambda: secrets.delete("me@example.org", "incoming"))
    found["after"] = tried(lambda: other.get("me@example.org", "incoming"))
print(json.dumps(found))
"""


@pytest.fixture(autouse=True)
def _installed() -> None:
    gnome.require()


def _run(
    home: Path, *, password: str | None, bus: bool = True, delete: bool = False, stale: str = ""
) -> dict[str, Any]:
    """What the program finds; `password` unlocks the login keyring of `home` (and makes it at first).

    `stale` is the address of a bus that is no longer there.
    """
    changed = {**os.environ, **gnome.changes(home), "PYTHONPATH": str(ROOT)}
    environment = {name: value for name, value in changed.items() if value is not None}
    environment |= {"DBUS_SESSION_BUS_ADDRESS": stale} if stale else {}
    argv = [sys.executable, "-c", PROGRAM, *(["delete"] if delete else [])]
    if bus:
        argv = [*gnome.session(password), *argv]
    ran = subprocess.run(
        argv, input=TOKEN, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "canary" not in ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def test_unlocked_keeps_a_long_token_and_deletes_it(tmp_path: Path) -> None:
    first = _run(tmp_path, password="right")
    assert (first["before"], first["set"], first["probe"]) == (None, None, True)
    assert first["kept"] == TOKEN

    second = _run(tmp_path, password="right", delete=True)
    assert second["before"] == TOKEN, "it outlives the session"
    assert (second["delete"], second["after"]) == (None, None)


def test_locked_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    _run(tmp_path, password="right")

    for password in ("wrong", None):
        found = _run(tmp_path, password=password)
        kind, what = found["before"]
        assert (kind, "locked" in what) == ("SignInNeeded", True)
        kind, what = found["set"]
        assert (kind, "locked" in what, "this session only" in what) == ("NotKept", True, True)
        assert (found["held"], found["probe"]) == (True, False)


def test_no_keyring_made_yet_and_nobody_to_ask(tmp_path: Path) -> None:
    found = _run(tmp_path, password=None)

    assert (found["set"][0], found["held"], found["probe"]) == ("NotKept", True, False)
    assert "no keyring that can be opened" in found["set"][1]


def test_a_bus_that_is_gone_is_named(tmp_path: Path) -> None:
    found = _run(tmp_path, password=None, bus=False, stale=f"unix:path={tmp_path}/bus")

    assert (found["set"][0], found["held"], found["probe"]) == ("NotKept", True, False)
    assert "DBUS_SESSION_BUS_ADDRESS names is gone" in found["set"][1]


def test_no_bus_means_no_store(tmp_path: Path) -> None:
    found = _run(tmp_path, password=None, bus=False)

    assert found["before"][0] == "SignInNeeded"
    assert "no password store" in found["set"][1]
    assert (found["held"], found["probe"]) == (True, False)
