"""A whole engine over a real store, with an account on the tests' own servers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.servers.dovecot import Dovecot
from tui.config.paths import Paths
from tui.config.settings import Settings, save_account
from tui.model.account import Account, Keep, Login, Protocol, SecretSource, SentCopy
from tui.model.command import Command, Fetch, Summary
from tui.model.event import Event
from tui.model.folder import Role
from tui.model.message import Row
from tui.store.reader import Reader
from tui.sync.engine import Engine

WAIT = 20.0


def until(truth: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until `truth` holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


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
"""Called with an account; see the fixture `make_rig`."""


def offline(make_rig: RigMaker, rig: Rig) -> Rig:
    """The same account after the program was left, and begun again without the network."""
    rig.engine.close()
    again = make_rig(rig.account, start=False)
    again.engine.start(offline=True)
    return again


def online(make_rig: RigMaker, rig: Rig) -> Rig:
    """The same account after the program was left, and begun again."""
    rig.engine.close()
    return make_rig(rig.account)


def bodies(rig: Rig) -> Counter[bytes | None]:
    """How often each message is in the store, whatever its folder; None where only the headers are."""
    return Counter(rig.raw(row.id) for row in rig.all_rows())


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
