"""Signing in on a terminal: questions, what is shown and what is not, pasted lines of any length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.real_program import RealProgram, Terminal
from tests.servers.identity import IdentityServer

pytestmark = pytest.mark.slow


@pytest.fixture
def program(tmp_path: Path, identity: IdentityServer) -> RealProgram:
    """The program with an account that has not signed in yet."""
    made = RealProgram(tmp_path / "home")
    made(
        "account", "add", "you@example.org", "--auth", "oauth2", "--client-id", identity.client_id,
        "--authority", identity.authority, "--ca-file", identity.certs.ca, "--imap-host", "localhost",
        "--no-test",
    )  # fmt: skip
    return made


@pytest.fixture
def pasting(program: RealProgram) -> Iterator[Terminal]:
    """A sign-in that waits for a pasted address."""
    with program.on_terminal("account", "login", "--paste") as terminal:
        terminal.until("(it is not shown)")
        yield terminal


def _page(terminal: Terminal) -> str:
    found = re.search(r"^https://\S+/authorize\S+", terminal.shown, re.MULTILINE)
    assert found is not None
    return found.group()


def test_what_is_pasted_is_not_shown(
    pasting: Terminal, identity: IdentityServer, program: RealProgram
) -> None:
    ending = identity.where_it_ends(_page(pasting))

    pasting.say("not an address at all")
    pasting.until("has no answer of the sign-in service in it")
    pasting.say(f"\n{ending}")

    assert pasting.ended() == 0, pasting.shown
    assert "is signed in" in pasting.shown
    for typed in (ending, "not an address at all"):
        assert typed not in pasting.shown
    assert program.keyring.exists()


def test_a_pasted_line_may_be_longer_than_a_terminal_edits(
    pasting: Terminal, identity: IdentityServer
) -> None:
    ending = identity.where_it_ends(_page(pasting))

    pasting.say(f"{ending}&more={'x' * 6000}")

    assert pasting.ended() == 0, pasting.shown


def test_the_terminal_is_left_as_it_was(pasting: Terminal) -> None:
    assert not pasting.echoes
    pasting.say("\x03")

    assert pasting.ended() == 130
    assert "Traceback" not in pasting.shown
    assert pasting.echoes


def test_the_end_of_the_input_ends_the_sign_in(pasting: Terminal) -> None:
    pasting.say("\x04")

    assert pasting.ended() == 77
    assert "No address was pasted" in pasting.shown


@pytest.mark.parametrize(
    ("answer", "code", "username"),
    [
        ("y", 0, "boss@example.org"),
        ("s", 0, "you@example.org"),
        ("n", 77, "you@example.org"),
        ("", 77, "you@example.org"),
    ],
)
def test_somebody_else_is_asked_about(
    program: RealProgram, identity: IdentityServer, answer: str, code: int, username: str
) -> None:
    identity.user = "boss@example.org"
    with program.on_terminal("account", "login", "--device-code") as terminal:
        terminal.until("You signed in as boss@example.org, and the account is you@example.org.")
        terminal.say(answer)
        assert terminal.ended() == code, terminal.shown
    assert (program.keyring.read_text() == "{}") == bool(code)
    assert program("account", "show", "--json").records[0]["username"] == username


def test_the_time_left_is_counted_down(program: RealProgram, identity: IdentityServer) -> None:
    identity.pending[:] = ["authorization_pending"] * 60
    with program.on_terminal("account", "login", "--device-code") as terminal:
        assert "ABCD1234" in terminal.until("15 min left")
        terminal.say("\x03")
        assert terminal.ended() == 130
