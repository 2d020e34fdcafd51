"""Scrolling a view of lines by the keys for reading."""

from __future__ import annotations

from textual.scroll_view import ScrollView


class LineScroll(ScrollView, can_focus=True):
    """A view on the Line API, with the actions that the keys of `reading` name."""

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages, with two lines of the one before."""
        self.scroll_relative(y=by * max(1, self.size.height - 2), animate=False)

    def action_half(self, by: int) -> None:
        """Scroll by half pages."""
        self.scroll_relative(y=by * max(1, self.size.height // 2), animate=False)

    def action_top(self) -> None:
        """Go to the beginning."""
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Go to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_space(self) -> None:
        """A page down."""
        self.action_page(1)
