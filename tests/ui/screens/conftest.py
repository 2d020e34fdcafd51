"""The whole program on a real store, offline, with one screen of it opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.ui import eyes
from tests.ui.offline_engine import OfflineEngine
from tui.config import paths, settings
from tui.config.paths import Paths
from tui.model.account import Account, Login, SecretSource, Server
from tui.store.writer import Writer
from tui.ui.app import OutlookApp
from tui.ui.desk import Desk

ME = "you@example.org"
OTHER = "info@contoso.example"


def account(address: str = ME, **changes: Any) -> Account:
    """An account whose servers are never reached."""
    values: dict[str, Any] = {
        "imap": Server("imap.example.org", 993),
        "pop3": Server("pop.example.org", 995),
        "smtp": Server("smtp.example.org", 465),
        "login": Login(address, source=SecretSource.SESSION),
    }
    return Account(address, **(values | changes))


@dataclass
class Opened:
    """A running program: its pilot, its engine, its desk, and what it says."""

    pilot: Pilot[str]
    app: OutlookApp
    engine: OfflineEngine
    answered: list[Any]

    @property
    def desk(self) -> Desk:
        return self.app.desk

    @property
    def screen(self) -> Screen[Any]:
        return self.app.screen

    @property
    def notes(self) -> str:
        """Everything the passing notes say."""
        return "\n".join(eyes.notes(self.app))

    def one(self, selector: str) -> Widget:
        """The one widget of the screen on top."""
        return self.screen.query_one(selector)

    def text(self) -> str:
        """What the terminal shows, line by line."""
        return eyes.shown(self.app)

    def words(self) -> str:
        """What the terminal shows as one line, wherever it is wrapped."""
        return eyes.words(self.app)

    async def until(self, holds: Callable[[], object], seconds: float = 15.0) -> None:
        """Wait for something the engine's threads bring about."""
        await eyes.until(self.pilot, holds, seconds)

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        await self.pilot.press(*(_KEYS.get(char, char) for char in text))


_KEYS = {
    " ": "space", "@": "at", ".": "full_stop", ",": "comma", "-": "minus", "/": "slash",
    "<": "less_than_sign", ">": "greater_than_sign", ";": "semicolon", "_": "underscore", "\n": "enter",
}  # fmt: skip

Opening = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Paths:
    """Folders of a home of its own, with a store that has the usual folders."""
    return paths.find(str(tmp_path / "home"))


@pytest.fixture
def opened(home: Paths) -> Opening:
    """A context manager: the program with the screen that `make(desk)` makes on top."""

    @asynccontextmanager
    async def open_(
        make: Callable[[Desk], Screen[Any]],
        accounts: Sequence[Account] = (account(), account(OTHER)),
        size: tuple[int, int] = (80, 24),
    ) -> AsyncIterator[Opened]:
        for one in accounts:
            settings.save_account(home.config_file, one)
        with Writer(home.database) as writer:
            for one in accounts:
                writer.account(one.address, one.incoming)
        engine = OfflineEngine(home, settings.load(home.config_file))
        app = OutlookApp(cast(Any, engine), home, settings.load(home.config_file))
        answered: list[Any] = []
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            app.push_screen(make(app.desk), answered.append)
            await pilot.pause()
            yield Opened(pilot, app, engine, answered)

    return open_
