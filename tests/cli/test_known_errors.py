"""Every error that is known, met by a shell command: its words on the terminal and its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program, Result
from tests.model.error_texts import ERRORS
from tests.net.conversations import auth, serving
from tests.net.test_every_error import BY_NAME, EXIT, WIRE, moment, protocol_of
from tests.servers.scripted import Scripted
from tui.model.account import Auth
from tui.model.error import MailError, Refused

FETCHING = ("greeting", "password", "token", "list")
_Row = tuple[str, str, str, str, type[MailError]]


def _rows(protocols: tuple[str, ...]) -> list[_Row]:
    """Protocol, moment, text, name and class of error of every row that is said in these protocols."""
    found: list[_Row] = []
    for _, where, text, name, _ in ERRORS:
        if where in WIRE:
            protocol = protocol_of(text, where)
            when, kind = moment(name, protocol)
            found.append((protocol, when, text, name, kind))
    return [each for each in found if each[0] in protocols]


def _account(program: Program, protocol: str, when: str, server: Scripted) -> None:
    secret = "--token-command" if auth(when) is Auth.OAUTH2 else "--password-command"
    incoming = "none" if protocol == "smtp" else protocol
    program(
        "account", "add", "you@example.org", "--no-test", "--incoming", incoming, secret,
        "echo canary-secret", f"--{protocol}-host", "127.0.0.1", f"--{protocol}-port", server.port,
        f"--{protocol}-security", "plain",
    )  # fmt: skip


def _says(result: Result, name: str) -> None:
    said = result.out + result.err
    assert BY_NAME[name].title in said
    assert BY_NAME[name].fix in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("protocol", "when", "text", "name", "kind"),
    [each for each in _rows(("imap", "pop3")) if each[1] in FETCHING],
)
def test_fetching(
    protocol: str, when: str, text: str, name: str, kind: type[MailError], tmp_path: Path
) -> None:
    program = Program(tmp_path)
    with serving(protocol, when, text) as server:
        _account(program, protocol, when, server)
        _says(program("sync", code=EXIT[kind]), name)


@pytest.mark.parametrize(("protocol", "when", "text", "name", "kind"), _rows(("smtp",)))
def test_sending(
    protocol: str, when: str, text: str, name: str, kind: type[MailError], tmp_path: Path
) -> None:
    """A mail that is refused has failed (76); for everything else it waits in the outbox (75).

    A recipient that is refused for now (4yz) is tried again alone, too many of them in smaller groups so.
    """
    program = Program(tmp_path)
    waits = kind is not Refused or (when == "rcpt" and text.startswith("4"))
    with serving(protocol, when, text) as server:
        _account(program, protocol, when, server)
        words = ("send", "--to", "billing@contoso.example", "--subject", "x")
        _says(program(*words, stdin=b"Good morning", code=75 if waits else 76), name)
