"""The line between two panes, to be dragged with the mouse."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Divider(Widget):
    """One cell wide (or high, with the class `-flat`). Posts Dragged while the mouse moves it."""

    class Dragged(Message):
        """The divider was moved by so many cells."""

        def __init__(self, divider: Divider, by: int) -> None:
            super().__init__()
            self.divider = divider
            self.by = by

    class Dropped(Message):
        """The mouse let go of it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._last: int | None = None

    def render(self) -> RenderResult:
        """A thin line."""
        if self.has_class("-flat"):
            return Content("─" * self.size.width)
        return Content("\n".join("│" * max(1, self.size.height)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of it."""
        self._last = self._where(event)
        self.capture_mouse()
        self.add_class("-dragged")
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._last is not None:
            now = self._where(event)
            if now != self._last:
                self.post_message(self.Dragged(self, now - self._last))
                self._last = now

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._last is not None:
            self._last = None
            self.release_mouse()
            self.remove_class("-dragged")
            self.post_message(self.Dropped())
            event.stop()

    def _where(self, event: events.MouseEvent) -> int:
        return event.screen_y if self.has_class("-flat") else event.screen_x
