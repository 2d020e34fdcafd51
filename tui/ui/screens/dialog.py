"""Small questions and answers over any screen: Ask, Notice and PromptSecret."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

import tui
from tui.model.error import MailError
from tui.model.explain import explain
from tui.model.safe_text import safe_line, safe_text
from tui.model.secret import Secret
from tui.ui.widgets.form import Tick

FORMS_CSS = Path(__file__).parent.parent / "forms.tcss"
"""The style sheet of forms and dialogs, read when the first of them opens."""

_ONE_LINE = 50
"""Cells up to which the choices stand side by side."""

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT]):
    """A box in the middle of the screen with a title and whatever `inside` yields. Esc is up to the heirs."""

    CSS_PATH = FORMS_CSS
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 - as Screen has it

    def __init__(self, title: str) -> None:
        super().__init__(classes="dialog")
        self._title = title

    def compose(self) -> ComposeResult:
        """The box with its title on the border."""
        with VerticalScroll(can_focus=False, id="box") as box:
            box.border_title = Content(safe_line(self._title, 120))
            yield from self.inside()

    def inside(self) -> ComposeResult:
        """The widgets in the box, from top to bottom."""
        yield from ()


class Ask(Dialog[str]):
    """A question with a few answers, each a key and a label; the first has the focus.

    Dismisses with the key of the answer taken, "" when the person went back. A key of one letter works as
    such, too.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(title)
        self._text = text
        self._choices = tuple(choices)

    def inside(self) -> ComposeResult:
        """The question above its answers."""
        yield Static(Content(safe_text(self._text)), id="text")
        wide = sum(len(label) + 6 for _, label in self._choices) > _ONE_LINE
        with Container(id="choices", classes="-stacked" if wide else "-row"):
            for number, (key, label) in enumerate(self._choices):
                yield Button(_label(key, label), id=f"choice-{number}", compact=True)

    def on_mount(self) -> None:
        """The first answer is one Enter away."""
        self.query(Button).first().focus()

    def on_key(self, event: events.Key) -> None:
        """Take the answer whose letter was pressed."""
        pressed = (event.character or "").lower()
        taken = next((key for key, _ in self._choices if len(key) == 1 and key.lower() == pressed), None)
        if taken is not None:
            event.stop()
            self.dismiss(taken)

    @on(Button.Pressed)
    def take(self, event: Button.Pressed) -> None:
        """Answer with the key of the button."""
        event.stop()
        number = int((event.button.id or "").rpartition("-")[2])
        self.dismiss(self._choices[number][0])

    def action_back(self) -> None:
        """Answer nothing."""
        self.dismiss("")


class Notice(Dialog[None]):
    """What went wrong in three lines: what happened, what to do, what to press.

    `d` shows the server's own words, `y` copies a report, which holds no secrets since no MailError does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "back", "Close"),
        Binding("d", "details", "Details"),
        Binding("y", "copy", "Copy a report"),
    ]

    def __init__(self, error: MailError, title: str = "That did not work") -> None:
        super().__init__(title)
        self._error = error

    def inside(self) -> ComposeResult:
        """The three lines, and the details still folded away."""
        error = self._error
        yield Static(Content(safe_text(error.what)), id="what")
        for number, line in enumerate(_advice(error)):
            yield Static(Content(safe_text(line)), id=f"hint-{number}", classes="hint")
        details = Static(Content(safe_text(error.detail)), id="details")
        details.display = False
        yield details
        with Container(id="choices", classes="-row"):
            yield Button("Close", id="close", compact=True, action="screen.back")
            if error.detail:
                yield Button(_label("d", "Details"), id="more", compact=True, action="screen.details")
            yield Button(_label("y", "Copy a report"), id="copy", compact=True, action="screen.copy")

    def on_mount(self) -> None:
        """Enter closes."""
        self.query_one("#close").focus()

    def action_back(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_details(self) -> None:
        """Show or hide the server's own words."""
        if self._error.detail:
            details = self.query_one("#details")
            details.display = not details.display

    def action_copy(self) -> None:
        """Copy what a helper would want to see."""
        self.app.copy_to_clipboard(report(self._error))
        self.notify("The report is copied. It holds no password.", markup=False)


class PromptSecret(Dialog["tuple[Secret, bool] | None"]):
    """Asks for a password or token, and whether the keyring shall keep it; None when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back")]

    def __init__(self, title: str, text: str, remember: bool = True) -> None:
        super().__init__(title)
        self._text = text
        self._remember = remember

    def inside(self) -> ComposeResult:
        """The reason, the field, and where to keep it."""
        yield Static(Content(safe_text(self._text)), id="text")
        yield Input(password=True, id="secret", compact=True, placeholder="Password or token")
        yield Tick("Keep it in this computer's keyring", self._remember, id="remember")
        with Container(id="choices", classes="-row"):
            yield Button("Sign in", id="go", compact=True)
            yield Button("Back", id="back", compact=True, action="screen.back")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#secret").focus()

    @on(Input.Submitted, "#secret")
    @on(Button.Pressed, "#go")
    def answer(self) -> None:
        """Hand the secret over; an empty one is no answer."""
        field = self.query_one("#secret", Input)
        if not field.value:
            field.focus()
            return
        given = Secret(field.value)
        field.value = ""
        self.dismiss((given, self.query_one("#remember", Tick).value))

    def action_back(self) -> None:
        """Answer nothing."""
        self.query_one("#secret", Input).value = ""
        self.dismiss(None)


def report(error: MailError) -> str:
    """An error as plain text for whoever helps: no secrets, no mail."""
    lines = [
        f"outlook-tui {tui.__version__}, Python {platform.python_version()}, {platform.system()}",
        f"{type(error).__name__}: {error.what}",
        error.hint,
        error.detail,
    ]
    return safe_text("\n".join(line for line in lines if line))


def _advice(error: MailError) -> list[str]:
    """Why most likely, where the table knows it, and what to do; whoever set `retry` has looked there."""
    known = explain(error.detail) if error.detail and error.retry is None else None
    meaning, hint = known.meaning if known else "", error.hint or (known.fix if known else "")
    lines = [hint] if hint.startswith(meaning) else [meaning, hint]
    return [line for line in lines if line and line != error.what]


def _label(key: str, label: str) -> Content:
    """A label with its letter underlined, or behind it where the label has no such letter."""
    label = safe_line(label, 80)
    if len(key) != 1:
        return Content(label)
    at = label.lower().find(key.lower())
    if at < 0:
        return Content.assemble(label, " (", (key, "underline"), ")")
    return Content.assemble(label[:at], (label[at], "underline"), label[at + 1 :])
