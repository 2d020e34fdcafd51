"""The checks of this computer and of each account, as they are done."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.model.account import Account
from tui.model.event import Checked
from tui.model.safe_text import safe_line
from tui.ui.widgets.check_line import CheckLine

_HALVES = ("receiving", "sending", "other")


class CheckupGroups(VerticalScroll, can_focus=True):
    """This computer first, then each account: receiving before sending, whichever is done first."""

    def __init__(self) -> None:
        super().__init__(id="checkup")
        self._steps: dict[tuple[str, str], Vertical] = {}

    def begin(self, accounts: Sequence[Account]) -> None:
        """Forget what is shown; the groups of these accounts have their places already."""
        self.remove_children()
        groups = [
            ("", "This computer", ("other",)),
            *((one.address, one.address, _HALVES) for one in accounts),
        ]
        self._steps = {(key, half): Vertical(classes="steps") for key, _, halves in groups for half in halves}
        for key, title, halves in groups:
            heading = Static(Content(safe_line(title, 100)), classes="group")
            self.mount(heading, *(self._steps[key, half] for half in halves))

    def add(self, found: Checked) -> None:
        """Show one more step; one of an account that is not here is passed over."""
        half = {"imap": "receiving", "pop3": "receiving", "smtp": "sending"}.get(
            found.check.check.partition(" ")[0]
        )
        place = self._steps.get((found.account, half or "other"))
        if place is not None:
            place.mount(CheckLine(found.check))

    def show_failure(self) -> None:
        """Bring the first step that failed into view."""
        failed = next((line for line in self.query(CheckLine) if not line.check.ok), None)
        if failed is not None:
            self.scroll_to_widget(failed, animate=False)
