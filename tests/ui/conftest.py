"""The program on memory instead of disk and network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.ui.memory import ME, MemoryEngine, MemoryReader
from tui.config.paths import Paths
from tui.config.settings import General, Settings
from tui.model.account import Account, Server
from tui.model.message import Row
from tui.ui.app import OutlookApp
from tui.ui.desk import Desk
from tui.ui.screens.mail import MailScreen

if TYPE_CHECKING:
    from tui.store.reader import Reader

ACCOUNT = Account(ME, imap=Server("imap.example.org", 993), smtp=Server("smtp.example.org", 465))


class MemoryDesk(Desk):
    """A desk whose readers are all the one in memory."""

    __slots__ = ()

    def open_reader(self) -> Reader:
        return self.reader

    def reload(self) -> None:
        pass


class MemoryApp(OutlookApp):
    """The real app on a store and an engine in memory."""

    def __init__(self, engine: MemoryEngine, paths: Paths, settings: Settings) -> None:
        super().__init__(cast(Any, engine), paths, settings)
        self.engine = engine

    def open_desk(self, engine: Any, paths: Paths, settings: Settings, demo: bool) -> Desk:
        return MemoryDesk(engine, engine.reader, paths, settings, demo)

    @property
    def mail(self) -> MailScreen:
        """The mail screen at the bottom of the stack."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MailScreen)
        return screen


AppOf = Callable[..., MemoryApp]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Folders of a home of its own."""
    for name in ("data", "state", "cache", "logs"):
        (tmp_path / name).mkdir()
    return Paths(
        tmp_path / "config.toml", tmp_path / "data", tmp_path / "state", tmp_path / "cache", tmp_path / "logs"
    )


@pytest.fixture
def app_of(paths: Paths) -> AppOf:
    """A function that makes the program on these rows, with keys bound anew and settings of [general]."""

    def make(rows: Iterable[Row] = (), bound: dict[str, str] | None = None, **general: Any) -> MemoryApp:
        chosen = General(**{"theme": "outlook-dark", "threads": False, **general})
        engine = MemoryEngine(MemoryReader.of(rows))
        return MemoryApp(engine, paths, Settings(chosen, (ACCOUNT,), bound or {}))

    return make
