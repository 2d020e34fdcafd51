"""A list of any number of messages: only ids are held, only the rows in view are read and drawn."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.model.message import Row
from tui.ui.keys import bindings
from tui.ui.widgets.drawn_rows import DrawnRows
from tui.ui.widgets.row_drawing import TONES, Look, State, lines_for


class MessageList(ScrollView, can_focus=True):
    """Knows ids; asks `rows` for the messages in view and `counts` for the sizes of conversations.

    Cursor and selection are kept by id, so they survive every refresh. Posts Highlighted when the cursor
    moves to another message, Opened on Enter or a double click, Changed when the selection changes.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"list--{tone}" for tone in TONES} | {
        "list--cursor",
        "list--cursor-blurred",
        "list--hover",
        "list--selected",
        "list--empty",
    }

    layout_setting: reactive[str] = reactive("auto", init=False)
    outgoing: reactive[bool] = reactive(False, init=False)
    place: reactive[bool] = reactive(False, init=False)
    iso_dates: reactive[bool] = reactive(False, init=False)

    class Highlighted(Message):
        """The cursor is on another message now; 0 when the list is empty."""

        def __init__(self, message_id: int) -> None:
            super().__init__()
            self.message_id = message_id

    class Opened(Message):
        """A message is to be read. `reading_on` asks for the space key's manner: page by page."""

        def __init__(self, message_id: int, reading_on: bool = False) -> None:
            super().__init__()
            self.message_id = message_id
            self.reading_on = reading_on

    class Changed(Message):
        """Messages were selected or unselected."""

    def __init__(
        self,
        rows: Callable[[Sequence[int]], list[Row]],
        counts: Callable[[Sequence[int]], Mapping[int, int]],
        *,
        id: str | None = None,  # Textual's own name for it
    ) -> None:
        super().__init__(id=id)
        self._fetch_rows = rows
        self._fetch_counts = counts
        self.ids: array[int] = array("q")
        self.cursor = 0
        self.selected: set[int] = set()
        self.empty_text: tuple[str, ...] = ()
        self.children_of: dict[int, int] = {}
        self._anchor = 0
        self._lines = 1
        self._hover = -1
        self._cache: dict[int, Row] = {}
        self._sizes: dict[int, int] = {}
        self._styles: dict[str, Style] = {}
        self._now = time.time()
        self._drawn = DrawnRows(self._style)

    # What is shown

    @property
    def room(self) -> int:
        """Cells of a line beside the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def row_lines(self) -> int:
        """Lines each message takes; while the list is out of view, as many as before."""
        return lines_for(self.room, self.layout_setting) if self.room else self._lines

    @property
    def current(self) -> int:
        """The id under the cursor, 0 for an empty list."""
        return self.ids[self.cursor] if self.ids else 0

    def show(
        self, ids: array[int], *, children: Mapping[int, int] | None = None, fresh: bool = False
    ) -> None:
        """Show these messages. `children` maps messages unfolded under another one to that other's id.

        `fresh` starts at the top with nothing selected; else cursor, selection and the place on the screen
        are kept, and the cursor goes to the next message when its own is gone.
        """
        before, at_top = self.current, self.scroll_offset.y == 0
        distance, self.ids = self.cursor * self.row_lines - self.scroll_offset.y, ids
        self.children_of = dict(children or {})
        self.forget_rows()
        if fresh:
            self.cursor, self._anchor = 0, 0
            self.selected.clear()
        else:
            self._keep_cursor(before)
            if self.selected:
                self.selected.intersection_update(ids)
        self._measure()
        if fresh:
            self.scroll_to(y=0, animate=False, force=True)
        elif at_top and self.cursor * self.row_lines < self.size.height:
            self._reveal()
        else:
            self.scroll_to(y=self.cursor * self.row_lines - distance, animate=False, force=True)
            self._reveal()
        if self.current != before or fresh:
            self.post_message(self.Highlighted(self.current))
        self.post_message(self.Changed())

    def forget_rows(self) -> None:
        """Read the rows in view again, because something of them has changed."""
        self._cache.clear()
        self._sizes.clear()
        self._drawn.clear()
        self._now = time.time()
        self.refresh()

    def row(self, message_id: int) -> Row | None:
        """The row of one message, from the page at hand where it is there."""
        if message_id not in self._cache:
            self._cache.update((row.id, row) for row in self._fetch_rows([message_id]))
        return self._cache.get(message_id)

    def chosen(self) -> tuple[int, ...]:
        """What an action works on: the selection in the order shown, else the message under the cursor."""
        if self.selected:
            return tuple(message for message in self.ids if message in self.selected)
        return (self.current,) if self.ids else ()

    def move_to(self, index: int, *, tell: bool = True) -> None:
        """Put the cursor on the message of that index, or the nearest there is."""
        if not self.ids:
            return
        before, self.cursor = self.cursor, max(0, min(index, len(self.ids) - 1))
        if self.cursor != before:
            self._refresh_row(before)
            self._refresh_row(self.cursor)
            self._reveal()
            if tell:
                self.post_message(self.Highlighted(self.current))

    def find(self, start: int, step: int, wanted: Callable[[Row], bool], limit: int = 5000) -> int:
        """The index of the first `wanted` message from `start` on in steps of 1 or -1; -1 for none."""
        index = start
        while 0 <= index < len(self.ids) and abs(index - start) < limit:
            page = (
                self.ids[index : index + 200] if step > 0 else self.ids[max(0, index - 199) : index + 1][::-1]
            )
            rows = {row.id: row for row in self._fetch_rows(page)}
            for offset, message in enumerate(page):
                if message in rows and wanted(rows[message]):
                    return index + offset * step
            index += len(page) * step
        return -1

    # Actions of the keys

    def action_cursor(self, by: int) -> None:
        """Move the cursor by messages."""
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self.move_to(self.cursor + by * max(1, self.size.height // self.row_lines - 1))

    def action_half(self, by: int) -> None:
        """Move the cursor by half pages."""
        self.move_to(self.cursor + by * max(1, self.size.height // self.row_lines // 2))

    def action_first(self) -> None:
        """Go to the first message."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last message."""
        self.move_to(len(self.ids) - 1)

    def action_open(self) -> None:
        """Open the message under the cursor."""
        if self.ids:
            self.post_message(self.Opened(self.current))

    def action_space(self) -> None:
        """Read on from the list."""
        if self.ids:
            self.post_message(self.Opened(self.current, reading_on=True))

    def action_select(self) -> None:
        """Select or unselect the message and go one down."""
        if self.ids:
            self.selected ^= {self.current}
            self._anchor = self.cursor
            self._refresh_row(self.cursor)
            self.move_to(self.cursor + 1)
            self.post_message(self.Changed())

    def action_select_range(self) -> None:
        """Select all from the last selected message to the cursor."""
        low, high = sorted((min(self._anchor, len(self.ids)), self.cursor))
        self._select(self.ids[low : high + 1])

    def action_select_all(self) -> None:
        """Select all shown, or none where all are."""
        if len(self.selected) == len(self.ids):
            self.unselect()
        else:
            self._select(self.ids)

    def unselect(self) -> None:
        """Select nothing."""
        if self.selected:
            self.selected.clear()
            self.refresh()
            self.post_message(self.Changed())

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the view (Line API)."""
        width = self.room
        if not self.ids:
            return self._empty_line(y, width)
        index, part = divmod(y + self.scroll_offset.y, self.row_lines)
        if index >= len(self.ids):
            return Strip.blank(width, self._style("text"))
        message = self.ids[index]
        row = self._paged(index)
        backdrop = self._backdrop(index)
        if row is None:
            return Strip.blank(width, self._style(backdrop or "text"))
        look = Look(width, self.row_lines, self._now, self.outgoing, self.place, self.iso_dates)
        state = State(message in self.selected, self._sizes.get(message, 1), message in self.children_of)
        return self._drawn.strips(row, look, state, backdrop)[part]

    def notify_style_update(self) -> None:
        """Forget the styles made for the last theme."""
        self._styles.clear()
        self._drawn.clear()
        super().notify_style_update()

    def watch_layout_setting(self) -> None:
        """Draw with another number of lines."""
        self._measure()
        self._reveal()

    def watch_outgoing(self) -> None:
        """Draw recipients in place of senders, or the other way round."""
        self.refresh()

    def watch_place(self) -> None:
        """Draw with or without the folder's name."""
        self.refresh()

    def watch_iso_dates(self) -> None:
        """Draw with other dates."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in view when the room changes."""
        self._measure()
        self._reveal()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the cursor bright only where the keys go."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, with Ctrl or on the marks it selects; a double click opens."""
        index = self._index_at(event.y)
        if index < 0:
            return
        event.stop()
        if event.shift:
            self.move_to(index)
            self.action_select_range()
        elif event.ctrl or event.x < 1:
            self.move_to(index, tell=False)
            self.selected ^= {self.current}
            self._anchor = index
            self._refresh_row(index)
            self.post_message(self.Changed())
        else:
            self.move_to(index)
            if event.chain >= 2:
                self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show which message a click would take."""
        self._hover_over(self._index_at(event.y))

    def on_leave(self, _event: events.Leave) -> None:
        """The mouse is elsewhere."""
        self._hover_over(-1)

    # Inside

    def _keep_cursor(self, before: int) -> None:
        try:
            self.cursor = self.ids.index(before) if before else 0
        except ValueError:
            self.cursor = max(0, min(self.cursor, len(self.ids) - 1))

    def _select(self, messages: Iterable[int]) -> None:
        self.selected.update(messages)
        self.refresh()
        self.post_message(self.Changed())

    def _paged(self, index: int) -> Row | None:
        """The row of that index, read with its neighbours when it is not at hand."""
        message = self.ids[index]
        if message not in self._cache:
            page = max(10, self.size.height)
            ids = self.ids[max(0, index - page) : index + page]
            if len(self._cache) > page * 20:
                self._cache.clear()
                self._sizes.clear()
            self._cache.update((row.id, row) for row in self._fetch_rows(ids))
            self._sizes.update(self._fetch_counts(ids))
        return self._cache.get(message)

    def _backdrop(self, index: int) -> str:
        if index == self.cursor:
            return "cursor" if self.has_focus else "cursor-blurred"
        if self.ids[index] in self.selected:
            return "selected"
        return "hover" if index == self._hover else ""

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            style = self.get_component_rich_style(f"list--{name}")
            if name in {"cursor-blurred", "selected", "hover"}:
                style = Style(bgcolor=style.bgcolor)
            self._styles[name] = (
                Style(color=style.color, bgcolor=style.bgcolor) if name == "cursor" else style
            )
        return self._styles[name]

    def _empty_line(self, y: int, width: int) -> Strip:
        top = max(0, (self.size.height - len(self.empty_text)) // 3)
        style = self._style("empty")
        if not top <= y < top + len(self.empty_text):
            return Strip.blank(width, style)
        text = self.empty_text[y - top]
        return Strip([Segment(text, style)]).text_align(width, "center").crop_extend(0, width, style)

    def _measure(self) -> None:
        self._lines = self.row_lines
        self.virtual_size = Size(self.room, len(self.ids) * self._lines)

    def _reveal(self) -> None:
        if self.room:
            row = Region(0, self.cursor * self.row_lines, 1, self.row_lines)
            self.scroll_to_region(row, animate=False, force=True)

    def _refresh_row(self, index: int) -> None:
        lines = self.row_lines
        y = index * lines - self.scroll_offset.y
        if -lines < y < self.size.height:
            self.refresh(Region(0, y, self.room, lines))

    def _index_at(self, y: int) -> int:
        index = (y + self.scroll_offset.y) // self.row_lines
        return index if 0 <= index < len(self.ids) else -1

    def _hover_over(self, index: int) -> None:
        if index != self._hover:
            before, self._hover = self._hover, index
            for changed in (before, index):
                if changed >= 0:
                    self._refresh_row(changed)
