"""Engines whose accounts only send, and what their outboxes say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rig import Rig, settings_of
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.model.account import Account, Login, Protocol, SecretSource, Server
from tui.model.command import QueueMessage
from tui.model.draft import Outgoing, SendState
from tui.model.secret import Secret
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.context import Context
from tui.sync.engine import Engine

FIRST, SECOND = "first@localhost.example", "second@localhost.example"
TO = ("billing@contoso.example",)
QUEUED, SENT, FAILED, UNSURE = SendState.QUEUED, SendState.SENT, SendState.FAILED, SendState.UNSURE


def account_at(server: Server, address: str = FIRST, username: str = "") -> Account:
    """An account that only sends, by this server; without a `username` it need not sign in."""
    login = Login(username, source=SecretSource.SESSION)
    return Account(address, incoming=Protocol.NONE, smtp=server, login=login)


def knowing(*addresses: str) -> Secrets:
    """The passwords of these accounts, for this session."""
    secrets = Secrets()
    for address in addresses:
        secrets.remember(address, "incoming", Secret("word"))
    return secrets


@contextmanager
def sending(home: Path, *accounts: Account, watch: bool = True, start: bool = True) -> Iterator[Rig]:
    """An engine with these accounts."""
    paths = find(str(home))
    Database.open(paths.database)
    secrets = knowing(*(account.address for account in accounts))
    engine = Engine(paths, settings_of(paths, *accounts), secrets, watch=watch)
    if start:
        engine.start()
    try:
        yield Rig(paths, accounts[0], engine)
    finally:
        assert engine.close(5.0)


def queued(rig: Rig, number: int, address: str = FIRST) -> int:
    """Put a letter into the outbox; answers its id there."""
    return int(rig.ask(QueueMessage(address, address, TO, letter(number))))


def row(rig: Rig, number: int) -> Outgoing:
    """The mail as the store has it now."""
    with Reader(rig.paths.database) as reader:
        found = reader.outgoing(number)
    assert found
    return found


def state(rig: Rig, number: int) -> SendState:
    """How far the mail is."""
    return row(rig, number).state


def senders() -> list[str]:
    """The threads that send just now, in all engines of this process."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("send:")]


def unsure_in(home: Path) -> tuple[Context, Outgoing]:
    """A store with one mail of which nobody knows whether it has left."""
    paths = find(str(home))
    Database.open(paths.database)
    account = account_at(Server("localhost", 25))
    context = Context(paths.database, settings_of(paths, account), Secrets(), Board())
    with Writer(paths.database) as writer, Reader(paths.database) as reader:
        writer.account(FIRST, Protocol.NONE)
        number = writer.queue(
            FIRST, FIRST, TO, letter(1), subject="Letter 1", message_id="letter-1@contoso.example", due=0
        )
        for before, after in ((QUEUED, SendState.SENDING), (SendState.SENDING, SendState.DOT_SENT)):
            assert writer.outbox_state(number, {before}, after)
        assert writer.outbox_state(number, {SendState.DOT_SENT}, UNSURE)
        found = reader.outgoing(number)
    assert found
    return context, found
