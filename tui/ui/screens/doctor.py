"""The check-up: this computer and every account, step by step, with what to do about each failure."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.config.paths import personal
from tui.model.command import Diagnose
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
    CSS_PATH = [FORMS_CSS, FORMS_CSS.with_name("checkup.tcss")]  # type: ignore[assignment]  # noqa: RUF012 - Textual takes several
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("doctor")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Check-up")
        self._groups = CheckupGroups()
        self._verdict = Static(id="verdict")
        self._found: list[Checked] = []
        self._running = False

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
        if self._running and isinstance(event.event, Checked):
            self._found.append(event.event)
            self._groups.add(event.event)
            self._say_how_far()

    def action_again(self) -> None:
        """Check everything once more; not while it is being checked."""
        if not self._running:
            self._running = True
            self._check()

    @work(exclusive=True, group="checks")
    async def _check(self) -> None:
        self._found = []
        self._groups.begin(self.desk.settings.accounts)
        self._say_how_far()
        try:
            await self.ask(Diagnose())
        except MailError as error:
            self._running = False
            self._verdict.update(Content("The check-up could not be made."))
            self.tell(error)
            return
        self.call_after_refresh(self._done)

    def _done(self) -> None:
        """All is told: the engine's words came before its answer."""
        self._running = False
        failed = sum(not one.check.ok for one in self._found)
        words = f"{count(failed, 'check')} failed." if failed else "Everything is well."
        self._verdict.update(Content(words))
        self._groups.show_failure()

    def _say_how_far(self) -> None:
        self._verdict.update(Content(f"Checking… {count(len(self._found), 'check')} done"))

    def action_copy(self) -> None:
        """Copy a report for others."""
        self.app.copy_to_clipboard(report(self._found, self.desk.settings.accounts, personal()))
        self.say(_COPIED)

    def action_back(self) -> None:
        """Go back; what is still being checked ends by itself."""
        self.dismiss(None)
