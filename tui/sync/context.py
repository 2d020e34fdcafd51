"""What every part of the engine works with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from tui.config.secrets import Secrets, from_command
from tui.config.settings import Settings
from tui.model.account import Account, Login, SecretSource
from tui.model.error import Cancelled, Offline, SignInNeeded
from tui.model.secret import Secret
from tui.sync.board import Board


@dataclass(slots=True)
class Context:
    """The store's path, the settings of now, the secrets, the board, and the person's wish to be offline.

    `settings` is replaced as a whole when the configuration is read again.
    """

    database: Path
    settings: Settings
    secrets: Secrets
    board: Board = field(default_factory=Board)
    offline: threading.Event = field(default_factory=threading.Event)

    def account(self, address: str) -> Account | None:
        """The account of that address, as the settings have it now."""
        wanted = address.lower()
        return next((one for one in self.settings.accounts if one.address.lower() == wanted), None)

    def secret(self, account: Account, login: Login, which: str) -> Secret:
        """The secret for a sign-in; `which` is "incoming" or "smtp".

        Raises SignInNeeded when there is none.
        """
        if login.source is SecretSource.COMMAND:
            return from_command(login.command)
        shared = which == "smtp" and account.smtp_login is None
        secret = self.secrets.get(account.address, "incoming" if shared else which)
        if secret is None:
            raise SignInNeeded(
                f"There is no password or token for {account.address} here.",
                "Press ! to sign in, or run: outlook-tui account set "
                f"{account.address} password-command=… (a command that prints it).",
            )
        return secret

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
