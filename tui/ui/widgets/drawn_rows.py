"""Rows drawn once and kept: while a list scrolls, nearly every line of it has been drawn before."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.model.message import Row
from tui.ui.widgets.row_drawing import Look, State, draw

_MOST = 500


class DrawnRows:
    """The lines of rows as strips, by all that their drawing depends on beside the row's own content.

    `clear` when rows are read again or the theme changes. `style` gives the style of a tone or a backdrop.
    """

    def __init__(self, style: Callable[[str], Style]) -> None:
        self._style = style
        self._kept: dict[tuple[int, Look, State, str], tuple[Strip, ...]] = {}

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def strips(self, row: Row, look: Look, state: State, backdrop: str) -> tuple[Strip, ...]:
        """The lines of a row; `backdrop` names what lies behind it, "" for nothing."""
        key = row.id, look, state, backdrop
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            found = self._kept[key] = self._drawn(row, look, state, backdrop)
        return found

    def _drawn(self, row: Row, look: Look, state: State, backdrop: str) -> tuple[Strip, ...]:
        behind = self._style(backdrop) if backdrop else None
        return tuple(
            Strip(
                [
                    Segment(text, self._style(tone) + behind if behind else self._style(tone))
                    for text, tone in line
                    if text
                ],
                look.width,
            )
            for line in draw(row, look, state)
        )
