"""A message exactly as it was received, every odd character made visible."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from tui.model.safe_text import safe_line
from tui.ui.keys import bindings
from tui.ui.widgets.cells import cut, stable
from tui.ui.widgets.line_scroll import LineScroll

_LONGEST = 4_000


class SourceView(LineScroll):
    """Lines of bytes, decoded and made safe only when they come into view."""

    SCOPE: ClassVar[str] = "reading"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading")]

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self._lines = raw.split(b"\n")

    def on_mount(self) -> None:
        """Tell how much there is to scroll."""
        self.virtual_size = Size(self.size.width, len(self._lines))

    def render_line(self, y: int) -> Strip:
        """One line of the view (Line API)."""
        index, width = y + self.scroll_offset.y, self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[index].rstrip(b"\r")[:_LONGEST].decode("utf-8", "replace")
        text = cut(stable(safe_line(line, _LONGEST)), width)
        return Strip([Segment(text, self.rich_style)]).crop_extend(0, width, self.rich_style)


class SourceScreen(ModalScreen[None]):
    """Shows the source of one message; any of Esc, q and v goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,v", "back", "Back")]

    def __init__(self, title: str, raw: bytes) -> None:
        super().__init__(classes="source")
        self._title = title
        self._raw = raw

    def compose(self) -> ComposeResult:
        """Title, source, hint."""
        yield Static(
            Content.assemble((f" Source of “{safe_line(self._title, 120)}”", "bold $accent")),
            id="source-title",
        )
        yield SourceView(self._raw)
        yield Static(Content.styled(" Esc goes back", "$quiet"), id="source-hint")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(SourceView).focus()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
