"""Accounts on scripted maildrops, and what has come of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rig import Rig, until
from tests.servers.maildrop import Maildrop
from tui.model.account import Account, Keep, Login, Protocol, SecretSource
from tui.model.command import Summary


def maildrop(*letters: bytes) -> Maildrop:
    """A server with these letters as u1, u2, …"""
    return Maildrop({f"u{number}": raw for number, raw in enumerate(letters, 1)})


def account_at(server: Maildrop, keep: str = "leave", **changes: Any) -> Account:
    """An account on it; `changes` replace its fields."""
    made = Account(
        "you@localhost.example",
        incoming=Protocol.POP3,
        pop3=server.server(),
        login=Login("you", source=SecretSource.SESSION),
        keep=Keep(keep),
    )
    return replace(made, **changes)


def fetched(rig: Rig, server: Maildrop) -> Summary:
    """Fetch, and wait until the server has carried out what QUIT asked for."""
    quits = server.lines.count(b"QUIT\r\n")
    summary = rig.fetch()
    until(lambda: server.lines.count(b"QUIT\r\n") > quits)
    return summary
