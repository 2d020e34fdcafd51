"""What every part of the engine works with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.model.account import Account
from tui.model.error import Cancelled, Offline
from tui.sync.board import Board
from tui.sync.connecting import Welcome
from tui.sync.credentials import Credentials
from tui.sync.set_aside import SetAside


@dataclass(slots=True)
class Context:
    """The store's path, the settings of now, the secrets, the board, the person's wish to be offline,
    that mail may wait for the search index, which messages cannot be fetched, and what accounts sign in
    with. `children`: large downloads are left to child processes, as there is a screen to be drawn.

    `settings` is replaced as a whole when the configuration is read again.
    """

    database: Path
    settings: Settings
    secrets: Secrets
    board: Board = field(default_factory=Board)
    offline: threading.Event = field(default_factory=threading.Event)
    index_due: threading.Event = field(default_factory=threading.Event)
    welcome: Welcome = field(default_factory=Welcome)
    set_aside: SetAside = field(default_factory=SetAside)
    children: bool = False
    credentials: Credentials = field(init=False)

    def __post_init__(self) -> None:
        self.credentials = Credentials(self.secrets, self.board)

    def client_ids(self) -> tuple[str, ...]:
        """The ids by which sign-in services know this program, as the settings have them now."""
        return self.settings.client_ids()

    def account(self, address: str) -> Account | None:
        """The account of that address, as the settings have it now."""
        wanted = address.lower()
        return next((one for one in self.settings.accounts if one.address.lower() == wanted), None)

    def require_network(self) -> None:
        """Raise Offline while the person wishes to work offline."""
        if self.offline.is_set():
            raise Offline("Working offline, as you asked.", "Press Ctrl+O to go online again.")


@dataclass(slots=True)
class Halt:
    """Two flags that long work looks at between its steps: the program ends, or this work was cancelled."""

    stop: threading.Event = field(default_factory=threading.Event)
    cancel: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise Cancelled when one of the flags is up."""
        if self.stop.is_set() or self.cancel.is_set():
            raise Cancelled("Stopped.", "Ctrl+R goes on where it stopped.")
