"""One setting as the schema describes it: title, control by its type, sentence, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from tui.config.schema import Setting, Value
from tui.ui.widgets.form import CleanInput, CleanTextArea, Field, Tick


class SettingRow(Vertical):
    """Posts `Given` when the person has chosen or typed another value."""

    class Given(Message):
        """A new value; the screen saves it, or complains through `SettingRow.complain`."""

        def __init__(self, row: SettingRow, value: Value) -> None:
            super().__init__()
            self.row = row
            self.value = value

    def __init__(self, setting: Setting, value: Value, choices: Sequence[str] = ()) -> None:
        super().__init__(classes="setting")
        self.setting = setting
        self._value = value
        self._control = self._made(tuple(choices) or setting.choices)
        self._field = Field(setting.title, self._control)

    def compose(self) -> ComposeResult:
        """The field, its sentence and its key in the file."""
        yield self._field
        default = self.setting.default
        shown = "" if default in ("", self._value) else f" Default: {_written(default)}."
        yield Static(
            Content.assemble(self.setting.sentence, shown, (f"  {self.setting.key}", "italic")),
            classes="sentence",
        )

    def matches(self, words: Sequence[str]) -> bool:
        """Whether all words occur in what the row says of itself."""
        setting = self.setting
        text = " ".join(
            (setting.title, setting.sentence, setting.key, setting.group, *setting.choices)
        ).lower()
        return all(word in text for word in words)

    def complain(self, words: str) -> None:
        """Show why the value was not taken; "" when it was."""
        self._field.complain(words)

    def begin(self) -> None:
        """Take the focus."""
        self._control.focus()

    def _made(self, choices: tuple[str, ...]) -> Widget:
        setting, value = self.setting, self._value
        if setting.type is bool:
            return Tick("on", bool(value))
        if choices:
            known = choices if value in choices else (*choices, str(value))
            return Select(
                [(Content(choice), choice) for choice in known],
                value=str(value),
                allow_blank=False,
                compact=True,
            )
        if setting.lines:
            return CleanTextArea(str(value), compact=True, classes="lines")
        kind = "integer" if setting.type is int else "text"
        return CleanInput(str(value), type="integer" if kind == "integer" else "text", compact=True)

    @on(Tick.Changed)
    def ticked(self, event: Tick.Changed) -> None:
        """A box was turned over."""
        self._give(event.value)

    @on(Select.Changed)
    def selected(self, event: Select.Changed) -> None:
        """Another choice was taken."""
        event.stop()
        self._give(str(event.value))

    @on(Input.Submitted)
    @on(events.DescendantBlur)
    def left(self) -> None:
        """What was typed is done."""
        if isinstance(self._control, Input):
            self._typed(self._control.value.strip())
        elif isinstance(self._control, CleanTextArea):
            self._give(self._control.text)

    def _typed(self, text: str) -> None:
        if self.setting.type is not int:
            self._give(text)
        elif text.removeprefix("-").isdigit():
            self._give(int(text))
        else:
            self.complain("A number is needed here.")

    def _give(self, value: Value) -> None:
        if value != self._value:
            self._value = value
            self.post_message(self.Given(self, value))


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
