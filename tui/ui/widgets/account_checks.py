"""The last page of an account's form: every step of the test as it is done, and what comes after."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.model.command import Check
from tui.ui.widgets.account_step import Step
from tui.ui.widgets.check_line import CheckLine


class TestStep(Step):
    """The verdict, its reasons, and how the mail comes in once the account is saved."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    def __init__(self) -> None:
        super().__init__(id="step-test")
        self._verdict = Static(classes="question")
        self._arriving = Static(id="arriving")
        self._arriving.display = False
        self._lines = Vertical(id="checks")
        self._shown: list[Check] = []

    def compose(self) -> ComposeResult:
        """The verdict above its reasons."""
        yield self._verdict
        yield self._arriving
        yield self._lines

    def show(self, checks: Sequence[Check], verdict: str) -> None:
        """Draw what is known so far."""
        self._verdict.update(Content(verdict))
        if self._shown != list(checks[: len(self._shown)]):
            self._shown = []
            self._lines.remove_children()
        new = list(checks[len(self._shown) :])
        self._shown += new
        if new:
            self._lines.mount_all(CheckLine(check, brief=True) for check in new)

    def arriving(self, words: str) -> None:
        """Say how the mail of the saved account comes in; "" for nothing."""
        self._arriving.update(Content(words))
        self._arriving.display = bool(words)
