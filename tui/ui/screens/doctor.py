"""The check-up: this computer and every account, step by step, with what to do about each failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.config.paths import personal
from tui.model.command import Check, Diagnose
from tui.model.error import MailError
from tui.model.event import Checked
from tui.model.report import report
from tui.ui import keys
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.dialog import FORMS_CSS
from tui.ui.screens.sheet import Sheet
from tui.ui.widgets.checkup_groups import CheckupGroups
from tui.ui.words import count

_COPIED = "The report is copied, with nothing personal in it. Or run: outlook-tui doctor --report"


class DoctorScreen(Sheet[None]):
    """A line for each check as soon as it is made; nothing is changed and no mail is sent."""

    SCOPE: ClassVar[str] = "doctor"
    CSS_PATH = [FORMS_CSS, FORMS_CSS.with_name("checkup.tcss")]  # type: ignore[assignment]  # noqa: RUF012 - a list
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("doctor")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Check-up")
        self._groups = CheckupGroups()
        self._verdict = Static(id="verdict")
        self._found: list[Checked] = []
        self._answer: Sequence[Check] | None = None
        self._under_way = False

    def inside(self) -> ComposeResult:
        """What came of it, above what was found."""
        yield self._verdict
        yield self._groups

    def on_mount(self) -> None:
        """Begin at once."""
        self._groups.focus()
        self.action_again()

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """A check is done."""
        if self._under_way and isinstance(event.event, Checked):
            self._found.append(event.event)
            self._groups.add(event.event)
            self._show_state()

    def action_again(self) -> None:
        """Check everything once more; not while it is being checked."""
        if not self._under_way:
            self._under_way = True
            self._go_through()

    @work(exclusive=True, group="checks")
    async def _go_through(self) -> None:
        self._found, self._answer = [], None
        self._groups.begin(self.desk.settings.accounts)
        self._show_state()
        try:
            self._answer = await self.ask(Diagnose())
        except MailError as error:
            self._under_way = False
            self._verdict.update(Content("The check-up could not be made."))
            self.tell(error)
            return
        self._show_state()

    def _show_state(self) -> None:
        """The verdict, once there is an answer and all of it was told: events may arrive behind it."""
        if self._answer is None or len(self._found) < len(self._answer):
            self._verdict.update(Content(f"Checking… {count(len(self._found), 'check')} done"))
            return
        self._under_way = False
        failed = sum(not check.ok for check in self._answer)
        self._verdict.update(
            Content(f"{count(failed, 'check')} failed." if failed else "Everything is well.")
        )
        self.call_after_refresh(self._groups.show_failure)

    def action_copy(self) -> None:
        """Copy a report for others."""
        self.app.copy_to_clipboard(report(self._found, self.desk.settings.accounts, personal()))
        self.say(_COPIED)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self._groups.scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """Go back; what is still being checked ends by itself."""
        self.dismiss(None)
