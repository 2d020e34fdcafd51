"""The folders of all accounts, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui.keys import bindings
from tui.ui.places import Node
from tui.ui.widgets.cells import column

_TONES = ("text", "strong", "dim", "accent", "good", "warn", "bad", "heading", "place")


class FolderTree(ScrollView, can_focus=True):
    """Shows Nodes. Posts Chosen when one is to be opened, Folded when its branch is to be (un)folded."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("folders")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tree--{tone}" for tone in _TONES} | {
        "tree--cursor",
        "tree--hover",
        "tree--open",
    }

    class Chosen(Message):
        """This node is to be opened."""

        def __init__(self, node: Node) -> None:
            super().__init__()
            self.node = node

    class Folded(Message):
        """This node's branch is to be folded or unfolded."""

        def __init__(self, node: Node) -> None:
            super().__init__()
            self.node = node

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.nodes: Sequence[Node] = ()
        self.open_key = ""
        self.cursor = 0
        self._hover = -1
        self._styles: dict[str, Style] = {}

    @property
    def room(self) -> int:
        """Cells of a line beside the scrollbar."""
        return self.scrollable_content_region.width

    def show(self, nodes: Sequence[Node], open_key: str) -> None:
        """Show these nodes; `open_key` is the place the list shows. The cursor stays on its node."""
        before = self.nodes[self.cursor].key if self.cursor < len(self.nodes) else open_key
        self.nodes, self.open_key = nodes, open_key
        keys = [node.key for node in nodes]
        fallback = min(self.cursor, max(0, len(keys) - 1))
        self.cursor = keys.index(before) if before in keys else fallback
        self.virtual_size = Size(self.room, len(nodes))
        self.refresh()

    def point_at(self, key: str) -> None:
        """Put the cursor on the node of that key, which the list shows now."""
        self.open_key = key
        for index, node in enumerate(self.nodes):
            if node.key == key:
                self._move(index)
        self.refresh()

    def numbered(self, number: int) -> Node | None:
        """The node that the digit key opens: only lines that can be opened are counted, from 1."""
        openable = [node for node in self.nodes if node.place is not None]
        return openable[number - 1] if number <= len(openable) else None

    # Actions of the keys

    def action_cursor(self, by: int) -> None:
        """Move the cursor by lines."""
        self._move(self.cursor + by)

    def action_first(self) -> None:
        """Go to the first line."""
        self._move(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self._move(len(self.nodes) - 1)

    def action_open(self) -> None:
        """Open the folder under the cursor; an account or a group folds."""
        if self.nodes:
            self._take(self.nodes[self.cursor])

    def action_fold(self) -> None:
        """Fold or unfold what is below the cursor."""
        if self.nodes and self.nodes[self.cursor].folded is not None:
            self.post_message(self.Folded(self.nodes[self.cursor]))

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the view (Line API)."""
        width, index = self.room, y + self.scroll_offset.y
        if index >= len(self.nodes):
            return Strip.blank(width, self._style("text"))
        node = self.nodes[index]
        count = f" {node.count:,}" if node.count else ""
        fold = "" if node.folded is None else ("▸" if node.folded else "▾")
        mark = fold if node.kind == "folder" and fold else node.mark
        lead = " " + "  " * max(0, node.depth - 1) + mark + " "
        room = max(0, width - cell_len(lead) - cell_len(count) - 1)
        label_tone = "heading" if node.kind in {"account", "group"} else "strong" if node.loud else "text"
        if node.kind == "folder" and node.place is None:
            label_tone = "dim"
        runs = (
            (lead, node.tone),
            (column(node.label, room), label_tone),
            (count, "accent" if node.loud else "dim"),
            (" ", "text"),
        )
        behind = self._backdrop(index, node)
        segments = [Segment(text, self._style(tone) + behind) for text, tone in runs]
        return Strip(segments).crop_extend(0, width, self._style("text") + behind)

    def notify_style_update(self) -> None:
        """Forget the styles made for the last theme."""
        self._styles.clear()
        super().notify_style_update()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show the cursor only where the keys go."""
        super().watch_has_focus(_has_focus)
        self.refresh()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """A click opens; on the triangle it folds."""
        index = self._line_at(event)
        if not 0 <= index < len(self.nodes):
            return
        self._move(index)
        node = self.nodes[index]
        if node.folded is not None and node.kind == "folder" and event.x <= 1 + 2 * node.depth:
            self.post_message(self.Folded(node))
        else:
            self._take(node)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would take."""
        self._hover = self._line_at(event)
        self.refresh()

    def on_leave(self, _event: events.Leave) -> None:
        """The mouse is elsewhere."""
        self._hover = -1
        self.refresh()

    # Inside

    def _line_at(self, event: events.MouseEvent) -> int:
        offset = event.get_content_offset(self)
        return -1 if offset is None else offset.y + self.scroll_offset.y

    def _take(self, node: Node) -> None:
        if node.place is not None or node.kind == "outbox":
            self.post_message(self.Chosen(node))
        elif node.folded is not None:
            self.post_message(self.Folded(node))

    def _move(self, index: int) -> None:
        if self.nodes:
            self.cursor = max(0, min(index, len(self.nodes) - 1))
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)
            self.refresh()

    def _backdrop(self, index: int, node: Node) -> Style:
        if index == self.cursor and self.has_focus:
            return self._style("cursor")
        if node.key == self.open_key:
            return self._style("open")
        return self._style("hover") if index == self._hover else Style.null()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            style = self.get_component_rich_style(f"tree--{name}")
            if name in {"hover", "open"}:
                style = Style(bgcolor=style.bgcolor)
            self._styles[name] = (
                Style(color=style.color, bgcolor=style.bgcolor) if name == "cursor" else style
            )
        return self._styles[name]
