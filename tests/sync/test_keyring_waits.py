"""Whoever listens to the engine hears that the keyring is waited for, and when that is over."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.config import stores
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.model.account import Account, Login, Protocol, Server
from tui.model.command import SaveAccount
from tui.model.event import Event, KeyringWaits
from tui.model.secret import Secret
from tui.sync.engine import Engine

ME = Account(
    "you@example.org", incoming=Protocol.NONE, smtp=Server("smtp.example.org", 465), login=Login("you")
)


def test_waiting_is_told_and_its_end(tmp_path: Path) -> None:
    store = stores.Waiting()
    heard: list[Event] = []
    waits = threading.Event()

    def hear(event: Event) -> None:
        heard.append(event)
        if event == KeyringWaits(True):
            waits.set()

    with stores.keyring_of(store), Engine(find(str(tmp_path / "home")), Settings(), Secrets()) as engine:
        engine.listen(hear)
        engine.start(offline=True)
        saved = engine.post(SaveAccount(ME, Secret("canary-8d01")))
        assert waits.wait(10)
        assert not saved.done()
        store.answered.set()
        assert saved.result(10) == ""
    assert [event for event in heard if isinstance(event, KeyringWaits)] == [
        KeyringWaits(True),
        KeyringWaits(False),
    ]
