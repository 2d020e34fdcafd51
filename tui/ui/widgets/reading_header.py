"""The line over an opened message where the list is out of view: where we are, and the way back."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.ui.widgets.cells import cut, stable
from tui.ui.words import count

_KEYS = "K previous · J next · q back"


class ReadingHeader(Widget):
    """Shows the place and which of the `noun`s listed there is read; a click posts Pressed."""

    title: reactive[str] = reactive("")
    number: reactive[int] = reactive(0)
    total: reactive[int] = reactive(0)
    noun: reactive[str] = reactive("message")

    class Pressed(Message):
        """Back to the list."""

    def render(self) -> RenderResult:
        """The line, cut to the room there is."""
        width = self.size.width - 2
        title = cut(f"‹ {stable(self.title)}", width // 2)
        where = f"  {self.number:,} of {count(self.total, self.noun)}"
        hint = _KEYS if cell_len(title) + len(where) + len(_KEYS) < width else ""
        gap = " " * max(0, width - cell_len(title) - len(where) - len(hint))
        return Content.assemble((" " + title, "bold $foreground"), (where + gap, "$quiet"), (hint, "$quiet"))

    def on_click(self, event: events.Click) -> None:
        """A click goes back."""
        event.stop()
        self.post_message(self.Pressed())
