"""One step of a test or check-up as a line: its mark, and beside it words that keep their place."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.model.command import Check
from tui.model.safe_text import safe_line
from tui.ui.check_words import check_title, good_news

_LONGEST = 600
_LONGEST_BRIEF = 60
_WORTH_TELLING = 0.05  # seconds


class CheckLine(Horizontal):
    """What was tried, what was found, and what to do.

    `brief` keeps a step that went well on one line, with what is worth telling of it behind its name; else it
    shows how long the step took, and all that was found.
    """

    DEFAULT_CSS = """
    CheckLine {
        width: 1fr;
        height: auto;
        .mark { width: 2; height: 1; }
        .words { width: 1fr; height: auto; }
        .words Static { width: 1fr; height: auto; }
        .why { color: $quiet; }
    }
    """

    def __init__(self, check: Check, *, brief: bool = False) -> None:
        super().__init__(classes="check")
        self.check = check
        self._brief = brief

    def compose(self) -> ComposeResult:
        """The mark, and the words beside it."""
        check = self.check
        yield Static(
            Content.styled("✓", "bold $text-success")
            if check.ok
            else Content.styled("✗", "bold $text-error"),
            classes="mark",
        )
        with Vertical(classes="words"):
            title = (check_title(check.check), "" if check.ok else "bold")
            yield Static(Content.assemble(title, (self._behind(), "dim")))
            if check.ok and self._brief:
                return
            if check.detail:
                yield Static(Content(safe_line(check.detail, _LONGEST)), classes="why")
            if check.fix:
                yield Static(Content.assemble(("→ ", "bold"), safe_line(check.fix, _LONGEST)))

    def _behind(self) -> str:
        check = self.check
        if not self._brief:
            return f"  {check.seconds:.1f} s" if check.seconds >= _WORTH_TELLING else ""
        news = safe_line(good_news(check), _LONGEST_BRIEF) if check.ok else ""
        return f"  {news}" if news else ""
