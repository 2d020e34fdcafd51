"""The line to type a search into."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class SearchBar(Input):
    """Posts Input.Changed while typing, Left when the person goes on to the results, Closed on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close search", show=True),
        Binding("down,tab,enter", "results", "Results", show=True),
    ]

    class Closed(Message):
        """The search is over."""

    class Left(Message):
        """On to the results."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            placeholder="Search all mail: words, from:… subject:… has:attachment before:2026-01-31",
            id=id,
            compact=True,
            select_on_focus=False,
        )

    def action_close(self) -> None:
        """End the search."""
        self.post_message(self.Closed())

    def action_results(self) -> None:
        """Go to the results."""
        self.post_message(self.Left())
