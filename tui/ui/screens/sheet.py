"""What the full screens beside mail share: a title line, hints at the foot, and the way to the engine."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.model.command import Command
from tui.model.error import Cancelled, MailError
from tui.model.event import KeyringWaits
from tui.model.safe_text import safe_line
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke, Said
from tui.ui.screens.dialog import FORMS_CSS, Notice
from tui.ui.widgets.key_hints import KeyHints
from tui.ui.words import KEYRING_WAITS

ResultT = TypeVar("ResultT")


class Sheet(Screen[ResultT]):
    """A screen with a title, whatever `inside` yields, and the keys at its foot."""

    CSS_PATH = FORMS_CSS
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]  # noqa: RUF012 - as Screen has it
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012

    def __init__(self, desk: Desk, heading: str) -> None:
        super().__init__(classes="sheet")
        self.desk = desk
        self._heading = Static(Content(safe_line(heading, 200)), id="heading")
        self._aside = Static(id="aside")
        self._keyring = Static(Content(KEYRING_WAITS), id="keyring")
        self._keyring.display = False

    def compose(self) -> ComposeResult:
        """Title line, content, hints."""
        with Horizontal(id="title"):
            yield self._heading
            yield self._aside
        yield from self.inside()
        yield self._keyring
        yield KeyHints()

    def inside(self) -> ComposeResult:
        """The widgets between the title and the hints."""
        yield from ()

    def head(self, heading: str) -> None:
        """Change the title."""
        self._heading.update(Content(safe_line(heading, 200)))

    def aside(self, words: str) -> None:
        """Say something at the right end of the title line."""
        self._aside.update(Content(safe_line(words, 120)))

    async def ask(self, command: Command) -> Any:  # noqa: ANN401 - each command has its own answer, see model.command
        """The engine's answer to a command. Raises MailError; Cancelled also when the engine has closed."""
        return await self.desk.ask(command)

    async def try_to(self, command: Command) -> tuple[bool, Any]:
        """Whether a command succeeded, and its answer; a failure is shown."""
        try:
            return True, await self.ask(command)
        except MailError as error:
            self.tell(error)
            return False, None

    def tell(self, error: MailError) -> None:
        """Show an error: what happened, what to do, what to press."""
        if not isinstance(error, Cancelled):
            self.app.push_screen(Notice(error))

    def say(self, sentence: str) -> None:
        """A passing note, which stays when this screen closes."""
        self.app.post_message(Said(sentence))

    def _on_engine_spoke(self, event: EngineSpoke) -> None:
        """Say that the keyring is waited for; what else the engine tells is up to the heirs."""
        if isinstance(event.event, KeyringWaits):
            self._keyring.display = event.event.waiting
