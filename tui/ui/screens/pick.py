"""A list to choose one thing from, narrowed by typing: folders, links, attachments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.model.safe_text import safe_line
from tui.ui.widgets.cells import stable

_SHOWN_MOST = 300


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose: `note` stands dim behind the text, `warning` below it. All may be untrusted."""

    key: str
    text: str
    note: str = ""
    warning: str = ""


class Pick(ModalScreen[str]):
    """Dismisses with the key of the item chosen, "" when the person went back.

    `new` is a verb such as "Create folder": then what was typed can be chosen itself, as "new:" and the text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(8)", "Page down", show=False),
        Binding("pageup", "move(-8)", "Page up", show=False),
    ]

    def __init__(self, title: str, items: Sequence[Item], *, hint: str = "", new: str = "") -> None:
        super().__init__(classes="pick")
        self._title = title
        self._items = tuple(items)
        self._hint = hint
        self._new = new

    def compose(self) -> ComposeResult:
        """A line to type into over the list."""
        from textual.containers import Vertical

        box = Vertical(id="pick-box")
        box.border_title = Content(safe_line(self._title, 120))
        with box:
            yield Input(placeholder="Type to narrow the list", id="pick-input", compact=True)
            yield OptionList(id="pick-list", compact=True)
            yield Static(Content(safe_line(self._hint, 200)), id="pick-hint")

    def on_mount(self) -> None:
        """Everything is shown at first; keys go to the line."""
        self.query_one("#pick-list", OptionList).can_focus = False
        self._fill("")
        self.query_one(Input).focus()

    @on(Input.Changed, "#pick-input")
    def narrow(self, event: Input.Changed) -> None:
        """Show what fits what was typed."""
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted, "#pick-input")
    def take_highlighted(self, event: Input.Submitted) -> None:
        """Enter takes the highlighted item."""
        event.stop()
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id or "")

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """A click takes an item."""
        event.stop()
        self.dismiss(event.option.id or "")

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + by))

    def action_back(self) -> None:
        """Choose nothing."""
        self.dismiss("")

    def _fill(self, typed: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        typed = typed.strip()
        options.add_options(Option(_content(item), id=item.key) for item in matching(self._items, typed))
        exact = any(item.text.casefold() == typed.casefold() for item in self._items)
        if self._new and typed and not exact:
            label = Content.assemble((f"{self._new} ", "$accent"), safe_line(typed, 100))
            options.add_option(Option(label, id=f"new:{typed}"))
        if options.option_count:
            options.highlighted = 0


def matching(items: Sequence[Item], typed: str) -> list[Item]:
    """The items that fit what was typed, best first; all of them in their order for nothing typed."""
    if not typed:
        return list(items[:_SHOWN_MOST])
    matcher = Matcher(typed)
    scored = [(matcher.match(f"{item.text} {item.note}"), index, item) for index, item in enumerate(items)]
    return [item for score, _, item in sorted(scored, key=lambda one: (-one[0], one[1])) if score > 0][
        :_SHOWN_MOST
    ]


def _content(item: Item) -> Content:
    parts: list[str | tuple[str, str]] = [stable(safe_line(item.text, 300))]
    if item.note:
        parts.append((f"  {stable(safe_line(item.note, 300))}", "$quiet"))
    if item.warning:
        parts.append((f"\n▲ {stable(safe_line(item.warning, 300))}", "$warning"))
    return Content.assemble(*parts)
