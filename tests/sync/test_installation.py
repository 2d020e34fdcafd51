"""Checks of this computer."""

from __future__ import annotations

import os
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from tui.config.paths import Paths, find
from tui.config.secrets import Secrets
from tui.config.settings import save_account
from tui.model.account import Account, Login, Protocol, SecretSource, Server
from tui.model.command import Check
from tui.model.error import CannotCreate
from tui.store.writer import Writer
from tui.sync import installation
from tui.sync.installation import clock, of_this_computer

NAMES = ["versions", "folders", "configuration", "store", "clock", "terminal", "keyring"]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find(str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def checks(paths: Paths) -> dict[str, Check]:
    found = list(of_this_computer(lambda: paths, Secrets()))
    assert [check.check for check in found] == NAMES
    assert all(check.fix and check.exit_code for check in found if not check.ok)
    return {check.check: check for check in found}


def test_every_library_that_is_declared_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    declared = {re.split(r"[^\w.-]", one)[0] for one in project["project"]["dependencies"]}
    assert declared - {"backports.zstd", "pymap", "aiosmtpd"} == set(installation.LIBRARIES)


def test_a_new_installation_is_sound(paths: Paths) -> None:
    found = checks(paths)
    assert all(check.ok for check in found.values())
    assert "outlook-tui" in found["versions"].detail
    assert "dnspython" in found["versions"].detail
    assert found["configuration"].detail == "no account yet"
    assert "0 messages" in found["store"].detail
    assert "no account needs it" in found["keyring"].detail


def test_the_keyring_counts_where_it_is_needed(paths: Paths) -> None:
    account = Account("you@example.org", imap=Server("imap.example.org", 993), login=Login("you"))
    save_account(paths.config_file, account)
    found = checks(paths)
    assert not found["keyring"].ok
    assert found["configuration"].detail.startswith("1 account in ")


def test_nor_where_a_command_prints_the_secret(paths: Paths) -> None:
    login = Login("you", source=SecretSource.COMMAND, command="echo x")
    save_account(
        paths.config_file, Account("you@example.org", imap=Server("imap.example.org", 993), login=login)
    )
    assert checks(paths)["keyring"].ok


def test_what_is_wrong_is_named(paths: Paths) -> None:
    paths.config_file.write_text("nonsense = [")
    paths.config_file.chmod(0o644)
    paths.database.write_bytes(b"no database" * 100)
    found = checks(paths)
    assert [name for name, check in found.items() if not check.ok] == ["folders", "configuration", "store"]
    assert found["folders"].detail == f"others can read {paths.config_file}"
    assert found["folders"].fix == f"chmod go= {paths.config_file}"
    assert (found["configuration"].exit_code, found["store"].exit_code) == (78, 74)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(paths: Paths) -> None:
    paths.cache.chmod(0o500)
    assert checks(paths)["folders"].exit_code == 73


def test_a_store_with_wrong_counts(paths: Paths) -> None:
    assert checks(paths)["store"].ok
    with Writer(paths.database) as writer:
        writer.account("a@example.org", Protocol.POP3)
        writer.local_folder("a@example.org", "INBOX")
    connection = sqlite3.connect(paths.database)
    with connection:
        connection.execute("UPDATE folder SET total = 7")
    connection.close()
    assert "The counts of INBOX" in checks(paths)["store"].detail


def test_folders_that_cannot_be_made_leave_the_rest() -> None:
    def refuse() -> Paths:
        raise CannotCreate("The folder x cannot be made.", "Name another.")

    found = list(of_this_computer(refuse, Secrets()))
    assert [check.check for check in found] == ["versions", "folders", "clock", "terminal", "keyring"]
    assert (found[1].ok, found[1].detail, found[1].exit_code) == (False, "The folder x cannot be made.", 73)


def test_a_library_that_is_missing(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "LIBRARIES", ("textual", "no-such-library"))
    found = next(of_this_computer(lambda: paths, Secrets()))
    assert (found.ok, found.detail) == (False, "no-such-library is missing")
    assert "pip install no-such-library" in found.fix


@pytest.mark.parametrize(
    ("now", "ok"), [(0, False), (1_795_000_000, True), (4_200_000_000, False), (-1, False)]
)
def test_a_clock_that_cannot_be_right(now: float, ok: bool) -> None:
    assert clock(now).ok is ok
