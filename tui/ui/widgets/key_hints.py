"""The line at the foot of a screen: its most used keys, in the order of the key table, as many as fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tui.ui import keys

_PLACE = {key.id: place for place, key in enumerate(keys.TABLE)}
_LAST = ("mail", "app")
_STAY = frozenset({"app.help", "compose.leave"})


class Hint(NamedTuple):
    """A key as it is written, what it does, and the key to press for a click on it."""

    cap: str
    label: str
    key: str

    @property
    def cells(self) -> int:
        """The room it takes, with the blank behind it."""
        return cell_len(f"{self.cap} {self.label} ")


class KeyHints(Widget):
    """Shows the keys in force; a click presses one. Where there is no room, whole keys are left out."""

    ALLOW_SELECT = False

    def on_mount(self) -> None:
        """Other keys are in force when the focus moves."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def render(self) -> RenderResult:
        """The line, each key in the accent colour before what it does."""
        parts: list[tuple[str, str]] = []
        for hint in self._shown():
            parts += [(f"{hint.cap} ", "bold $accent"), (f"{hint.label} ", "$quiet")]
        return Content.assemble(" ", *parts)

    def on_click(self, event: events.Click) -> None:
        """A click is the same as the key."""
        event.stop()
        left = 1
        for hint in self._shown():
            if left <= event.x < left + hint.cells - 1:
                self.app.simulate_key(hint.key)
            left += hint.cells

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def _shown(self) -> list[Hint]:
        hints: dict[str, Hint] = {}
        for _, binding, enabled, _ in self.screen.active_bindings.values():
            name = binding.id or binding.action
            if binding.show and enabled and name not in hints:
                hints[name] = Hint(self.app.get_key_display(binding), binding.description, binding.key)
        return [hints[name] for name in chosen(hints, self.size.width - 1)]


def chosen(hints: Mapping[str, Hint], room: int) -> list[str]:
    """The names of the hints for `room` cells; a name is the id of a key, else its action.

    Those of the pane or screen itself come first, each group in the table's order. Where there are too many
    the last ones are left out, but never the help and the way out of writing.
    """
    order = sorted(hints, key=lambda name: (_rank(name), _PLACE.get(name, len(_PLACE))))
    while sum(hints[name].cells for name in order) > room and (spare := [n for n in order if n not in _STAY]):
        order.remove(spare[-1])
    return order


def _rank(name: str) -> int:
    scope = name.partition(".")[0]
    return _LAST.index(scope) + 1 if scope in _LAST else 0
