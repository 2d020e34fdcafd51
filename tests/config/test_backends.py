"""Which back end is taken, and how one that is not there is told from one that has gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from tests.config import stores
from tui.config.secrets import Secrets
from tui.model.error import SignInNeeded
from tui.model.secret import Secret

ME = "me@example.org"


@pytest.fixture(autouse=True)
def _no_real_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_the_good_one_of_a_chain_is_used() -> None:
    good = stores.Memory()
    keyring.set_keyring(stores.Chain(stores.Asking(), stores.PlaintextKeyring(), good))

    Secrets().set(ME, "incoming", Secret("x"))

    assert len(good.values) == 2


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_a_bus_that_is_gone_is_told_from_one_that_has_no_store(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(stores.no_store())
    place = str(tmp_path / "bus")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:{kind}={place},guid=1")

    with pytest.raises(SignInNeeded, match="session bus that DBUS_SESSION_BUS_ADDRESS names is gone"):
        Secrets().get(ME, "incoming")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(place if kind == "path" else f"\0{place}")
        bus.listen()
        with pytest.raises(SignInNeeded, match="This computer has no password store"):
            Secrets().get(ME, "incoming")


@pytest.mark.parametrize("name", ["nowhere.Keyring", "keyring.backends.null.Nothing", "Keyring"])
def test_a_back_end_that_is_not_there(name: str) -> None:
    code = (
        "from tui.config.secrets import Secrets; found = Secrets().probe();"
        "print(found.ok, found.exit_code, found.detail, found.fix)"
    )
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": name}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )

    assert ran.stdout.startswith("False 77 The keyring back end that is set up cannot be loaded")
    assert "PYTHON_KEYRING_BACKEND" in ran.stdout
