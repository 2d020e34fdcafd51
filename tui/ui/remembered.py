"""What the screen remembers from one session to the next. Never anything that would be missed when lost."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tui.ui.arrangement import Sizes

_FILE = "screen.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """Sizes of panes, folded branches of the folder tree, the place shown last, and how the list is shown.

    `layout` and `threads` are "" and None while the settings decide.
    """

    sizes: Sizes = field(default_factory=Sizes)
    folded: tuple[str, ...] = ()
    place: str = ""
    layout: str = ""
    threads: bool | None = None


@dataclass(slots=True)
class Memory:
    """Keeps Remembered in a file of the state folder; a damaged or missing file counts as nothing known."""

    folder: Path
    now: Remembered = field(default_factory=Remembered)

    def load(self) -> None:
        """Read the file."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            found: dict[str, Any] = json.loads((self.folder / _FILE).read_text("utf-8"))
            known = {one.name: found[one.name] for one in fields(Remembered) if one.name in found}
            sizes = known.pop("sizes", {})
            known["folded"] = tuple(str(key) for key in known.get("folded", ()))
            known["place"] = str(known.get("place", ""))
            known["layout"] = str(known.get("layout", ""))
            self.now = Remembered(Sizes(**{name: int(sizes[name]) for name in sizes}), **known)

    def change(self, **changes: Sizes | tuple[str, ...] | str | bool) -> None:
        """Take changes over and write the file; where that fails, they last for this session."""
        values: dict[str, Any] = changes
        changed = replace(self.now, **values)
        if changed == self.now:
            return
        self.now = changed
        with contextlib.suppress(OSError):
            path = self.folder / f"{_FILE}.new"
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as out:
                json.dump(asdict(self.now), out)
            path.replace(self.folder / _FILE)
