"""What every screen works with, handed to it as its first argument."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.config import settings as config
from tui.model.command import Command
from tui.model.error import Cancelled

if TYPE_CHECKING:
    from tui.config.paths import Paths
    from tui.store.reader import Reader
    from tui.sync.engine import Engine


@dataclass(slots=True)
class Desk:
    """The engine to ask, the store to read, and the settings in force.

    `reader` belongs to the UI thread; a worker opens its own on `paths.database`. Only `settings` is ever
    replaced, by `reload`.
    """

    engine: Engine
    reader: Reader
    paths: Paths
    settings: config.Settings
    demo: bool = False

    def reload(self) -> None:
        """Read the settings again from the configuration file. Raises BadConfig."""
        self.settings = config.load(self.paths.config_file)

    async def ask(self, command: Command) -> Any:  # noqa: ANN401 - each command has its own answer, see model.command
        """The engine's answer to a command. Raises MailError; Cancelled also when the engine has closed."""
        try:
            return await asyncio.wrap_future(self.engine.post(command))
        except CancelledError as error:
            raise Cancelled("That was stopped.") from error

    def open_reader(self) -> Reader:
        """A reader of its own for a worker thread, which closes it. Raises StoreBroken."""
        from tui.store.reader import Reader

        return Reader(self.paths.database)
