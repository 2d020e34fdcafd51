"""The opened message, drawn line by line; wrapping happens off the UI thread."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import ClassVar

from rich.style import Style as RichStyle
from rich.text import Text
from textual import events, work
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import get_current_worker

from tui.model.content import Style
from tui.ui.keys import bindings
from tui.ui.widgets.line_scroll import LineScroll
from tui.ui.widgets.reading_drawing import TONES, Drawn, Folds, Page, Piece, draw

_SETS = (
    (Style.BOLD, RichStyle(bold=True)),
    (Style.ITALIC, RichStyle(italic=True)),
    (Style.UNDERLINE, RichStyle(underline=True)),
    (Style.STRIKE, RichStyle(strike=True)),
)


class ReadingPane(LineScroll):
    """Shows one Page. Posts Chosen for a click on a link or an attachment, ReadOn for space at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"reading--{tone}" for tone in TONES} | {"reading--empty"}

    class Chosen(Message):
        """A click: `kind` is link or file, `number` the link's number or the attachment's part."""

        def __init__(self, kind: str, number: int) -> None:
            super().__init__()
            self.kind = kind
            self.number = number

    class ReadOn(Message):
        """The end is reached and the person wants the next message."""

    class Drawing(Message):
        """Lines made by the worker, for the page and the width they were made for."""

        def __init__(self, page: Page, width: int, lines: list[Drawn]) -> None:
            super().__init__()
            self.page = page
            self.width = width
            self.lines = lines

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.page: Page | None = None
        self.unfold_quotes = False
        self.folds = Folds()
        self.lines: list[Drawn] = []
        self.empty_text = ""
        self._styles: dict[str, RichStyle] = {}

    @property
    def room(self) -> int:
        """Cells of a line beside the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def message_id(self) -> int:
        """The message shown, 0 for none."""
        return self.page.row.id if self.page else 0

    def show(self, page: Page) -> None:
        """Show a page; folds and place are kept when it is the message that was shown before."""
        if page.row.id != self.message_id:
            self.folds = Folds(quotes=self.unfold_quotes)
            self.scroll_to(y=0, animate=False, force=True)
        self.page = page
        self._redraw()

    def clear(self, text: str = "") -> None:
        """Show no message, but a sentence."""
        self.page, self.lines, self.empty_text = None, [], text
        self.virtual_size = Size(self.room, 0)
        self.refresh()

    def toggle(self, fold: str) -> None:
        """Unfold or fold `quotes`, `headers` or `people`."""
        self.folds = replace(self.folds, **{fold: not getattr(self.folds, fold)})
        self._redraw()

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y >= self.max_scroll_y

    # Actions of the keys

    def action_space(self) -> None:
        """A page down; at the end, the next message."""
        if self.at_end:
            self.post_message(self.ReadOn())
        else:
            self.action_page(1)

    # Drawing

    def on_resize(self) -> None:
        """Wrap again for the new width."""
        self._redraw()

    def on_reading_pane_drawing(self, message: Drawing) -> None:
        """Take over what the worker has made, unless another page or width is wanted by now."""
        message.stop()
        if message.page is self.page and message.width == self.room:
            self.lines = message.lines
            self.virtual_size = Size(self.room, len(self.lines))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the view (Line API)."""
        width = self.room
        if self.page is None:
            return self._empty_line(y, width)
        index = y + self.scroll_offset.y
        base = self._style("text")
        if index >= len(self.lines):
            return Strip.blank(width, base)
        text = Text(no_wrap=True, end="")
        for piece in self.lines[index]:
            text.append(piece.text, self._piece_style(piece))
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(index)) is not None:
            start, end = span
            text.stylize(
                self.screen.get_component_rich_style("screen--selection"),
                start,
                len(text) if end == -1 else end,
            )
        strip = Strip(text.render(self.app.console)).crop_extend(0, width, base)
        return strip.apply_style(base).apply_offsets(0, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for copying."""
        plain = "\n".join("".join(piece.text for piece in line) for line in self.lines)
        return selection.extract(plain), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the styles made for the last theme."""
        self._styles.clear()
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Follow what was clicked, if it is more than text."""
        kind, _, number = str(event.style.meta.get("target", "")).partition(":")
        if kind in {"quotes", "people"}:
            self.toggle(kind)
        elif kind:
            self.post_message(self.Chosen(kind, int(number)))

    # Inside

    def _redraw(self) -> None:
        if self.page is not None and self.room:
            self._draw(self.page, self.room, self.folds)

    @work(thread=True, exclusive=True, group="reading-lines")
    def _draw(self, page: Page, width: int, folds: Folds) -> None:
        worker = get_current_worker()
        lines = draw(page, width, folds, time.time())
        if not worker.is_cancelled:
            self.post_message(self.Drawing(page, width, lines))

    def _piece_style(self, piece: Piece) -> RichStyle:
        style = self._style(piece.tone)
        for flag, addition in _SETS:
            if flag in piece.style:
                style += addition
        return style + RichStyle(meta={"target": piece.target}) if piece.target else style

    def _style(self, tone: str) -> RichStyle:
        if tone not in self._styles:
            self._styles[tone] = self.get_component_rich_style(f"reading--{tone}")
        return self._styles[tone]

    def _empty_line(self, y: int, width: int) -> Strip:
        style = self._style("empty")
        if y != self.size.height // 3 or not self.empty_text:
            return Strip.blank(width, style)
        strip = Strip(Text(self.empty_text, style, end="").render(self.app.console))
        return strip.text_align(width, "center").crop_extend(0, width, style)
