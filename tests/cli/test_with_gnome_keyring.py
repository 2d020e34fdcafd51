"""The real program with the real gnome-keyring: unlocked, locked, absent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.real_program import RealProgram
from tests.config import gnome
from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer

pytestmark = [pytest.mark.dovecot, pytest.mark.keyring, pytest.mark.slow]


@pytest.fixture
def program(tmp_path: Path) -> RealProgram:
    gnome.require()
    return RealProgram(tmp_path / "home", gnome.changes(tmp_path))


def _under(program: RealProgram, password: str | None) -> RealProgram:
    return replace(program, under=gnome.session(password))


def _said(lines: list[str]) -> str:
    return "\n".join(lines)


@pytest.fixture
def words(identity: IdentityServer, oauth_dovecot: Dovecot, user: str) -> tuple[object, ...]:
    """What `account add` is told."""
    identity.user = f"{user}@example.org"
    return (
        "account", "add", identity.user, "--imap-host", "localhost", "--imap-port", oauth_dovecot.imaps,
        "--auth", "oauth2", "--client-id", identity.client_id, "--authority", identity.authority,
        "--ca-file", identity.certs.ca, "--device-code",
    )  # fmt: skip


def test_a_sign_in_outlives_the_session(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    _under(program, "right")(*words)

    again = _under(program, "right")("sync", "--json")

    assert again.records[-1]["problems"] == []
    assert identity.asked["token refresh_token"] == 1
    _under(program, "right")("account", "remove")


def test_a_locked_keyring_is_said_and_nothing_is_lost(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    _under(program, "right")(*words)
    locked = _under(program, "wrong")

    assert "The password store is locked" in _said(locked("sync", code=77).err)
    assert "The password store is locked" in _said(locked("account", "login", code=77).err)
    assert identity.asked["devicecode"] == 1, "nobody was asked to approve what could not be kept"
    assert _under(program, "right")("sync", "--json").records[-1]["problems"] == []


def test_without_a_keyring_nobody_is_asked_to_approve(
    program: RealProgram, words: tuple[object, ...], identity: IdentityServer
) -> None:
    nothing_made = _said(_under(program, None)(*words, code=77).err)
    no_bus = _said(program(*words, code=77).err)

    assert "no keyring that can be opened" in nothing_made
    assert "no password store that the program can use" in no_bus
    for said in (nothing_made, no_bus):
        assert "--token-command" in said
    assert identity.asked["devicecode"] == 0
