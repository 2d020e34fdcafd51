"""What every screen works with, handed to it as its first argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.config import settings as config

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

    def open_reader(self) -> Reader:
        """A reader of its own for a worker thread, which closes it. Raises StoreBroken."""
        from tui.store.reader import Reader

        return Reader(self.paths.database)
