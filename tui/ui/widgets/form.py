"""What forms are made of: a labelled field with room for a complaint, a tick box, and one choice of several.

Textual's own check and radio buttons tell on from off by colour alone; these do it by their marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.model.safe_text import clean, safe_line


class CleanInput(Input):
    """A one-line field in which nothing that is given or pasted can act on the terminal."""

    def validate_value(self, value: str) -> str:
        """The value without control and invisible characters; ordinary text is left as it is."""
        return value if value.isascii() and value.isprintable() else safe_line(value, 100_000)


class CleanTextArea(TextArea):
    """A text field in which nothing that is pasted can act on the terminal."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text)


class Field(Container):
    """A label, a control, and beneath it a line that says what is wrong (marked, not only coloured)."""

    def __init__(self, label: str, control: Widget, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=f"field {classes}".strip())
        self._label = label
        self.control = control
        self._complaint = Static(classes="complaint")
        self._complaint.display = False

    def compose(self) -> ComposeResult:
        """Label and control side by side, the complaint below."""
        with Horizontal():
            yield Static(Content(self._label), classes="label")
            yield self.control
        yield self._complaint

    def complain(self, words: str) -> None:
        """Show what is wrong with the field's content; "" when nothing is."""
        self._complaint.update(Content(f"✗ {safe_line(words, 400)}" if words else ""))
        self._complaint.display = bool(words)
        self.set_class(bool(words), "-wrong")


class Tick(Widget, can_focus=True):
    """A box to tick: `[x] label`. Space, Enter or a click turns it over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "turn", "Tick", show=False)]

    value: reactive[bool] = reactive(False, init=False)

    class Changed(Message):
        """The box was ticked or cleared."""

        def __init__(self, tick: Tick, value: bool) -> None:
            super().__init__()
            self.tick = tick
            self.value = value

        @property
        def control(self) -> Tick:
            """The sender, for `on` selectors."""
            return self.tick

    def __init__(self, label: str, value: bool = False, *, id: str | None = None, classes: str = "") -> None:
        super().__init__(id=id, classes=f"tick {classes}".strip())
        self._label = label
        self.set_reactive(Tick.value, value)

    def render(self) -> Content:
        """The box and its label."""
        return Content(f"[{'x' if self.value else ' '}] {safe_line(self._label, 200)}")

    def get_content_width(self, *_: object) -> int:
        """Box, blank and label on one line."""
        return 4 + cell_len(self._label)

    def action_turn(self) -> None:
        """Tick, or clear."""
        self.value = not self.value

    def on_click(self) -> None:
        """A click anywhere on it counts."""
        self.action_turn()

    def watch_value(self) -> None:
        """Tell the screen."""
        self.post_message(self.Changed(self, self.value))


class OneOf(Vertical, can_focus=True):
    """One choice of several, each with a sentence below: `(•) IMAP`. Arrows choose, so does a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right,j,space", "step(1)", "Next", show=False),
        Binding("up,left,k", "step(-1)", "Previous", show=False),
    ]

    value: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """Another choice was taken."""

        def __init__(self, one_of: OneOf, value: str) -> None:
            super().__init__()
            self.one_of = one_of
            self.value = value

        @property
        def control(self) -> OneOf:
            """The sender, for `on` selectors."""
            return self.one_of

    def __init__(self, choices: Sequence[tuple[str, str, str]], value: str, *, id: str | None = None) -> None:
        """Each of `choices` is its value, its label and its sentence ("" for none)."""
        super().__init__(id=id, classes="one-of")
        self._choices = tuple(choices)
        self.set_reactive(OneOf.value, value)

    def compose(self) -> ComposeResult:
        """A line for each choice, its sentence indented below."""
        for number, (value, _, sentence) in enumerate(self._choices):
            yield Static(self._line(value), classes="choice", name=str(number))
            if sentence:
                yield Static(Content(sentence), classes="sentence", name=str(number))

    def _line(self, value: str) -> Content:
        label = next(label for key, label, _ in self._choices if key == value)
        chosen = value == self.value
        return Content.styled(f"({'•' if chosen else ' '}) {label}", "bold" if chosen else "")

    def watch_value(self) -> None:
        """Redraw the marks and tell the screen."""
        for line in self.query(".choice").results(Static):
            line.update(self._line(self._choices[int(line.name or 0)][0]))
        self._mark()
        self.post_message(self.Changed(self, self.value))

    def on_mount(self) -> None:
        """Mark the choice that was given."""
        self._mark()

    def _mark(self) -> None:
        for line in self.query(Static):
            line.set_class(self._choices[int(line.name or 0)][0] == self.value, "-chosen")

    def action_step(self, by: int) -> None:
        """Choose the next or previous one; it goes round."""
        keys = [key for key, _, _ in self._choices]
        at = keys.index(self.value) if self.value in keys else 0
        self.value = keys[(at + by) % len(keys)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        clicked, _ = self.screen.get_widget_at(event.screen_x, event.screen_y)
        if clicked.name and clicked.parent is self:
            self.value = self._choices[int(clicked.name)][0]
