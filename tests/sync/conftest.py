"""A whole engine over a real store, with an account on the tests' own servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.servers.dovecot import PASSWORD, Dovecot
from tui.config.paths import Paths, find
from tui.config.secrets import Secrets
from tui.config.settings import Settings, save_account
from tui.model.account import Account, Keep, Login, Protocol, SecretSource, SentCopy
from tui.model.command import Command, Fetch, Summary
from tui.model.event import Event
from tui.model.folder import Role
from tui.model.message import Row
from tui.model.secret import Secret
from tui.store.database import Database
from tui.store.reader import Reader
from tui.sync.engine import Engine

WAIT = 20.0


@dataclass
class Rig:
    """An engine with one account, its store, and everything it has told."""

    paths: Paths
    account: Account
    engine: Engine
    events: list[Event] = field(default_factory=list)

    def ask(self, command: Command, wait: float = WAIT) -> Any:
        """Post a command and wait for its answer."""
        return self.engine.post(command).result(wait)

    def fetch(self, *folders: str) -> Summary:
        """Bring the account up to date."""
        (summary,) = self.ask(Fetch(self.account.address, folders))
        assert isinstance(summary, Summary)
        return summary

    def rows(self, folder: str = "INBOX") -> list[Row]:
        """The rows of a folder, newest first."""
        with Reader(self.paths.database) as reader:
            found = reader.folder_named(self.account.address, folder)
            return reader.rows(list(reader.ids(found.id))) if found else []

    def all_rows(self) -> list[Row]:
        """The rows of every folder."""
        with Reader(self.paths.database) as reader:
            return [row for one in reader.folders() for row in reader.rows(list(reader.ids(one.id)))]

    def raw(self, row: int) -> bytes | None:
        """A message's bytes as stored."""
        with Reader(self.paths.database) as reader:
            return reader.raw(row)

    def role(self, role: Role) -> list[Row]:
        """The rows of the folder with that role."""
        with Reader(self.paths.database) as reader:
            found = reader.folder_role(self.account.address, role)
            return reader.rows(list(reader.ids(found.id))) if found else []


def settings_of(paths: Paths, *accounts: Account) -> Settings:
    """The configuration with these accounts in it."""
    settings = Settings()
    for account in accounts:
        settings = save_account(paths.config_file, account)
    return settings


RigMaker = Callable[..., Rig]


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[RigMaker]:
    """Makes rigs: `make_rig(account, watch=False)`; the same home for each, so that a second one begins
    where the first ended."""
    made: list[Rig] = []

    def make(account: Account, *, watch: bool = False, start: bool = True, home: str = "home") -> Rig:
        paths = find(str(tmp_path / home))
        Database.open(paths.database)
        secrets = Secrets()
        secrets.remember(account.address, "incoming", Secret(PASSWORD))
        engine = Engine(paths, settings_of(paths, account), secrets, watch=watch)
        rig = Rig(paths, account, engine)
        engine.listen(rig.events.append)
        if start:
            engine.start()
        made.append(rig)
        return rig

    yield make
    for rig in made:
        assert rig.engine.close(5.0), "a thread of the engine did not end"


@pytest.fixture
def account(dovecot: Dovecot, user: str) -> Account:
    """An IMAP account on the real Dovecot."""
    return account_on(dovecot, user)


def account_on(dovecot: Dovecot, user: str, **changes: Any) -> Account:
    """An account of `user` on a Dovecot; `changes` replace its fields."""
    made = Account(
        address=f"{user}@localhost.example",
        incoming=Protocol.IMAP,
        imap=dovecot.server("imaps"),
        pop3=dovecot.server("pop3s"),
        smtp=dovecot.server("submission"),
        login=Login(user, source=SecretSource.SESSION),
        keep=Keep("leave"),
        sent_copy=SentCopy.AUTO,
        ca_file=dovecot.ca_file,
    )
    return replace(made, **changes)
