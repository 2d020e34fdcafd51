"""The last page of an account's form: every step of the test as it is done, and what comes after."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.model.command import Check
from tui.model.safe_text import safe_line
from tui.ui.check_words import check_title, good_news
from tui.ui.widgets.account_step import Step


class CheckLine(Horizontal):
    """One step of a test: its mark, and beside it what was tried, found, and what to do; lines that wrap
    keep their place."""

    def __init__(self, check: Check) -> None:
        super().__init__(classes="check")
        self._check = check

    def compose(self) -> ComposeResult:
        """The mark, and the words beside it."""
        check, detail = self._check, safe_line(good_news(self._check), 60)
        mark = ("✓", "bold $text-success") if check.ok else ("✗", "bold $text-error")
        title = (check_title(check.check), "" if check.ok else "bold")
        yield Static(Content.assemble(mark), classes="mark")
        with Vertical(classes="words"):
            if check.ok:
                yield Static(Content.assemble(title, (f"  {detail}" if detail else "", "dim")))
                return
            yield Static(Content.assemble(title))
            for text in (check.detail, check.fix):
                if text:
                    yield Static(Content(safe_line(text, 400)), classes="why")


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
            self._lines.mount_all(CheckLine(check) for check in new)

    def arriving(self, words: str) -> None:
        """Say how the mail of the saved account comes in; "" for nothing."""
        self._arriving.update(Content(words))
        self._arriving.display = bool(words)
