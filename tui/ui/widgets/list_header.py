"""The line over the list: where it is, how much is there, how it is sorted and filtered."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.model.message import Filter, Sort
from tui.ui import words
from tui.ui.widgets.cells import cut, stable

_SORTS = {
    Sort.DATE: "Newest first",
    Sort.SENDER: "By sender",
    Sort.SUBJECT: "By subject",
    Sort.SIZE: "By size",
}
_CHOSEN_KEYS = (" · e archive", " · d delete", " · m move", " · Esc none")
_FILTERS = {
    Filter.ALL: "",
    Filter.UNREAD: "Unread",
    Filter.FLAGGED: "Flagged",
    Filter.ATTACHMENT: "With attachment",
}


class ListHeader(Widget):
    """Posts SortPressed or FilterPressed for a click on its right or left part."""

    title: reactive[str] = reactive("")
    total: reactive[int] = reactive(0)
    unread: reactive[int] = reactive(0)
    chosen: reactive[int] = reactive(0)
    sort: reactive[Sort] = reactive(Sort.DATE)
    shown: reactive[Filter] = reactive(Filter.ALL)
    searching: reactive[bool] = reactive(False)

    class SortPressed(Message):
        """Another order is wanted."""

    class FilterPressed(Message):
        """Another quick filter is wanted."""

    def render(self) -> RenderResult:
        """The line, cut to the room there is."""
        width = self.size.width - 2
        if self.chosen:
            text = f"{words.count(self.chosen, 'message')} selected"
            hint = ""
            for one in _CHOSEN_KEYS:
                if cell_len(text + hint) + len(one) <= width:
                    hint += one
            return Content.assemble((" " + cut(text, width), "bold $accent"), (hint, "$quiet"))
        right = self._right()
        title = cut(stable(self.title), max(4, width - cell_len(right) - 2))
        facts = cut("  " + self._facts(), max(0, width - cell_len(title) - cell_len(right) - 2))
        gap = " " * max(0, width - cell_len(title) - cell_len(facts) - cell_len(right))
        return Content.assemble((" " + title, "bold $foreground"), (facts + gap, "$quiet"), (right, "$quiet"))

    def on_click(self, event: events.Click) -> None:
        """Left changes the filter, right the order."""
        event.stop()
        self.post_message(self.SortPressed() if event.x > self.size.width * 2 // 3 else self.FilterPressed())

    def _facts(self) -> str:
        if self.searching:
            return f"{self.total:,} found" if self.total else "nothing found"
        unread = f"{self.unread:,} unread of " if self.unread else ""
        return f"{unread}{self.total:,}"

    def _right(self) -> str:
        if self.searching or self.size.width < 36:
            return ""
        name = _FILTERS[self.shown]
        return f"{name} only · {_SORTS[self.sort]}" if name else _SORTS[self.sort]
