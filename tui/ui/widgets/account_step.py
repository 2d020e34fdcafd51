"""What the pages of an account's form share."""

from __future__ import annotations

from textual.containers import VerticalScroll


class Step(VerticalScroll, can_focus=False):
    """One page of the form. It has fields and no engine."""

    def begin(self) -> None:
        """Put the focus where one begins."""
        self.screen.focus_next(f"#{self.id} Input, #{self.id} OneOf, #{self.id} Select")
