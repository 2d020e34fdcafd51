"""A field for several addresses: completed from own correspondence, split when pasted, checked at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.mail.addresses import parse_list, written
from tui.model.message import Address
from tui.ui.widgets.form import CleanInput
from tui.ui.words import mailbox

_ENTRY = re.compile(r'(?:"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[^,;"<])*')
_MOST = 8

Contacts = Callable[[str, int], list[Address]]
"""From the beginning of a name or address, and a limit, to own correspondents, the most written to first."""


def entry_at(text: str, cursor: int) -> tuple[int, int]:
    """Start and end of the entry the cursor is in; commas in quotes and angle brackets part nothing."""
    start = 0
    while True:
        found = _ENTRY.match(text, start)
        end = found.end() if found else start
        if cursor <= end or end >= len(text):
            return start + len(text[start:end]) - len(text[start:end].lstrip()), end
        start = end + 1


def one_line(pasted: str) -> str:
    """A pasted list on one line: each of its lines is an entry, tabs part name and address."""
    lines = (line.strip().strip(",;").replace("\t", " ") for line in pasted.splitlines())
    return ", ".join(line for line in lines if line)


def complaint(text: str, but: tuple[int, int] | None = None) -> str:
    """What is wrong with a list of addresses, "" when nothing is; the range `but` is still being typed."""
    if but is not None:
        text = text[: but[0]] + text[but[1] :]
    bad = parse_list(text)[1]
    if not bad:
        return ""
    listed = ", ".join(entry if len(entry) < 40 else entry[:39] + "…" for entry in bad[:3])
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    return f"Not an address: {listed}{more}"


class _Line(CleanInput):
    """The text itself; its keys go to the list of suggestions while that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "suggestion('move', 1)", show=False),
        Binding("up", "suggestion('move', -1)", show=False),
        Binding("enter,tab", "suggestion('take')", show=False),
        Binding("escape", "suggestion('close')", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The list's keys work only while there is a list; else they mean what they always mean."""
        if action == "suggestion":
            return isinstance(self.parent, RecipientInput) and self.parent.suggesting
        return super().check_action(action, parameters)

    def action_suggestion(self, what: str, by: int = 0) -> None:
        """Move in, take from, or close the list of suggestions."""
        owner = self.parent
        assert isinstance(owner, RecipientInput)
        owner.suggestion(what, by)

    def _on_paste(self, event: events.Paste) -> None:
        event.text = one_line(event.text)


class RecipientInput(Vertical):
    """An address field with its suggestions below. `Checked` tells what is wrong with its content."""

    class Checked(Message):
        """The content was looked at; `words` say what is wrong, "" when nothing is."""

        def __init__(self, field: RecipientInput, words: str) -> None:
            super().__init__()
            self.field = field
            self.words = words

        @property
        def control(self) -> RecipientInput:
            """The sender, for `on` selectors."""
            return self.field

    def __init__(self, contacts: Contacts, value: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id, classes="recipients")
        self._contacts = contacts
        self._found: list[Address] = []
        self.line = _Line(value, compact=True, select_on_focus=False)
        self._list = OptionList(markup=False, compact=True, classes="suggestions")
        self._list.can_focus = False
        self._list.display = False
        self._taking = False

    def compose(self) -> ComposeResult:
        """The line, and the list that lies over what is below it."""
        yield self.line
        yield self._list

    @property
    def value(self) -> str:
        """The text as typed."""
        return self.line.value

    @property
    def suggesting(self) -> bool:
        """Whether the list of suggestions is open."""
        return bool(self._list.display)

    def check(self) -> str:
        """Look at everything that was typed, the entry under the cursor too. Answers what is wrong."""
        words = complaint(self.value)
        self.post_message(self.Checked(self, words))
        return words

    def suggestion(self, what: str, by: int = 0) -> None:
        """`move` the highlight, `take` the highlighted one, or `close` the list."""
        if what == "close":
            self._list.display = False
        elif what == "move" and self._found:
            at = self._list.highlighted or 0
            self._list.highlighted = (at + by) % len(self._found)
        elif what == "take":
            self._take(self._list.highlighted or 0)

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Offer who may be meant, and complain about entries that are finished and wrong."""
        entry = entry_at(self.value, self.line.cursor_position)
        self.post_message(self.Checked(self, complaint(self.value, entry)))
        if self._taking or not self.line.has_focus:
            self._taking = False
            return
        self._offer(self.value[entry[0] : self.line.cursor_position].strip().strip('"'))

    @on(events.DescendantBlur)
    def left(self) -> None:
        """Nobody types here any more: look at everything; the comma after the last entry has served."""
        self._list.display = False
        if self.value.rstrip().endswith((",", ";")):
            self.line.value = self.value.rstrip(",; ")
        self.check()

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """Take the suggestion that was clicked."""
        event.stop()
        self._take(event.option_index)

    def _offer(self, prefix: str) -> None:
        self._found = self._contacts(prefix, _MOST) if prefix else []
        entered = {one.address.lower() for one in parse_list(self.value)[0]}
        self._found = [one for one in self._found if one.address.lower() not in entered]
        self._list.clear_options()
        self._list.add_options(Option(Content(mailbox(one))) for one in self._found)
        self._list.highlighted = 0 if self._found else None
        self._list.display = bool(self._found)

    def _take(self, index: int) -> None:
        self._list.display = False
        if not 0 <= index < len(self._found):
            return
        start, end = entry_at(self.value, self.line.cursor_position)
        head = self.value[:start] + written(self._found[index]) + ", "
        self._taking = True
        self.line.value = head + self.value[end:].lstrip(",; ")
        self.line.cursor_position = len(head)
        self.line.focus()
