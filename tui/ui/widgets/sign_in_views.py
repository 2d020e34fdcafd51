"""The pages of signing in by OAuth: what is asked for, what to do now, what went wrong. No engine."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.model.account import Account
from tui.model.error import MailError
from tui.model.explain import explain
from tui.model.issuer import Issuer
from tui.model.safe_text import safe_line, safe_text
from tui.model.sign_in import SignInStep, Way
from tui.ui import sign_in_words as words
from tui.ui.widgets.form import Field

_LONGEST_URL = 4000


class Page(VerticalScroll, can_focus=False):
    """One page; only one is seen at a time."""

    DEFAULT_CLASSES = "page"


class ExplainPage(Page):
    """What will be allowed, what not, and where it is kept: before anything is asked for."""

    def __init__(self, issuer: Issuer, note: str) -> None:
        super().__init__(id="page-explain")
        self._issuer = issuer
        self._note = note
        self._text = Static(classes="text")

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def show(self, account: Account, summary: str) -> None:
        """Say it for an account; `summary` are its settings in a line where they can still be changed."""
        asked = (("\n  ✓ ", "bold $text-success", line) for line in words.permissions(account))
        parts: list[Content] = []
        if summary:
            parts += [Content.assemble((summary, "bold"), ("   Esc changes this", "$quiet"), "\n\n")]
        parts += [
            Content(f"{self._issuer.title} will ask you to let outlook-tui"),
            *(Content.assemble((mark, tone), line) for mark, tone, line in asked),
            Content(f"\n\n{words.promise(account, self._issuer)}"),
        ]
        if self._note:
            parts += [Content.assemble((f"\n\n{self._note}", "$quiet"))]
        self._text.update(Content("").join(parts))


class Numbered(Horizontal):
    """One step of several: its number, and beside it what to do."""

    def __init__(self, number: int, step: str) -> None:
        super().__init__(classes="numbered")
        self._number = number
        self._step = step

    def compose(self) -> ComposeResult:
        """Number and words."""
        yield Static(Content(str(self._number)), classes="number")
        yield Static(Content(self._step), classes="words")


class ApprovePage(Page):
    """What the person has to do now, and that it is waited for."""

    def __init__(self, issuer: Issuer, address: str) -> None:
        super().__init__(id="page-approve")
        self._issuer = issuer
        self._address = safe_line(address, 120)
        self.step: SignInStep | None = None
        self._since = 0.0
        self._organised = False
        self._before = Static(classes="text")
        self._steps = Vertical(*(Numbered(n, step) for n, step in enumerate(_BY_PASTE, 1)), id="numbers")
        self._code = Static(id="code")
        self._waiting = Static(classes="text", id="waiting")
        self._answer = Input(password=True, placeholder="http://localhost…", compact=True, id="answer")
        self.answer_field = Field("Its address", self._answer)
        self._after = Static(classes="text muted")
        self._url = Static(classes="text", id="url")

    def compose(self) -> ComposeResult:
        """What to do, code, clock, the field for the answer, the address to open."""
        yield self._before
        yield self._steps
        yield self._code
        yield self._waiting
        yield self.answer_field
        yield self._after
        yield self._url

    @property
    def answer(self) -> Input:
        """The field for the address that the browser ended on."""
        return self._answer

    def prepare(self, now: float, *, organised: bool) -> None:
        """Nothing to do yet: the service is asked. `organised`: an administrator may have to approve."""
        self.step, self._since = None, now
        self._organised = organised
        self._draw(f"◌ Asking {self._issuer.title} how to go on…", "", "")

    def show(self, step: SignInStep, now: float) -> None:
        """Show what has to be done, from `now` (Unix seconds) on."""
        if self.step is None or self.step.way is not step.way:
            self._since = now
        self.step = step
        self._draw(*self._said(step), step.url)
        self.tick(now)

    def _said(self, step: SignInStep) -> tuple[str, str]:
        """What stands above the code or clock, and above the address."""
        if step.way is Way.DEVICE:
            return _BY_CODE, ""
        if step.way is Way.PASTE:
            return f"Sign in as {self._address} in any browser:", "The address to open (y copies it):"
        if step.opened:
            host = words.host_of(step.url)
            before = f"Your browser has opened {host}. Sign in as {self._address} there and approve."
            return before, _NO_WINDOW
        return f"Sign in as {self._address} in a browser on this computer, and approve.", _TO_OPEN

    def _draw(self, before: str, after: str, url: str) -> None:
        step = self.step
        pasting = bool(step and step.way is Way.PASTE)
        for widget, text in (
            (self._before, before),
            (self._after, after),
            (self._url, safe_line(url, _LONGEST_URL)),
            (self._code, words.spaced(step.user_code) if step else ""),
            (self._waiting, ""),
        ):
            widget.update(Content(text))
            widget.display = bool(text)
        self._steps.display = self.answer_field.display = pasting
        self.answer_field.complain("")
        self.scroll_home(animate=False)

    def tick(self, now: float) -> None:
        """Let the clock go on."""
        step = self.step
        if step is None:
            return
        clock = words.countdown(now - self._since)
        if step.until:
            left = step.until - now
            clock = f"the code is good for {words.countdown(left)}" if left > 0 else "the code has run out"
        lines = (
            f"◌ Waiting for your approval · {clock}",
            safe_line(step.words, 300),
            _ADMINISTRATOR if self._organised else "",
        )
        self._waiting.update(Content("\n".join(line for line in lines if line)))
        self._waiting.display = True


class FailedPage(Page):
    """Why it did not come to a sign-in, and what can be done."""

    def __init__(self) -> None:
        super().__init__(id="page-failed")
        self._text = Static(classes="text")

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def show(self, error: MailError, consent_link: str) -> None:
        """Say what happened; `consent_link` is for an administrator where one has to approve, else ""."""
        known = explain(error.detail) if error.detail else None
        fix = "" if consent_link else error.hint or (known.fix if known else "")
        advice = [known.meaning if known else "", fix]
        parts = [Content.assemble(("✗ ", "bold $text-error"), (safe_text(error.what), "bold"))]
        parts += [
            Content(f"\n\n{safe_text(line)}") for line in dict.fromkeys(advice) if line and line != error.what
        ]
        if consent_link:
            parts += [
                Content(
                    "\n\nSend your administrator a message that says what to approve, and the link: "
                    "m copies both, l the link alone, w writes them to a file.\n\n"
                ),
                Content.assemble((safe_line(consent_link, _LONGEST_URL), "$accent")),
            ]
        if error.detail:
            parts += [Content.assemble((f"\n\nIn its own words: {safe_line(error.detail, 600)}", "$quiet"))]
        self._text.update(Content("").join(parts))


_NO_WINDOW = "No window there? Copy this address (y) into a browser on this computer, or open it again (o):"
_ADMINISTRATOR = "Does the page want an administrator's approval? m copies a message that asks for it."
_BY_CODE = "Open the page below on any device (o opens it here), and type this code (c copies it):"
_TO_OPEN = "The address to open (y copies it, o opens it):"
_BY_PASTE = (
    "Copy the address below (y) into any browser, on any computer.",
    "Sign in there and approve.",
    "The browser then ends on a page at localhost that cannot be loaded. That is as it should be: its "
    "address holds the answer.",
    "Copy that whole address from the browser, and paste it here.",
)
