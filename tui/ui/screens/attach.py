"""Naming a file to attach: typed with completion, picked from the list, or dropped on the terminal."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.model.safe_text import safe_line
from tui.ui.file_names import Entry, begun_anew, exists, given, matching
from tui.ui.screens.dialog import Dialog
from tui.ui.widgets.form import CleanInput
from tui.ui.words import size


class PathSuggester(Suggester):
    """Completes what is typed to the first file or folder that begins so."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The rest of the first name that fits, None when nothing does."""
        found = matching(value, 1) if value else []
        return found[0].text if found and found[0].text.startswith(value) else None


class _Path(CleanInput):
    """Tab completes, up and down walk the list below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False),
        Binding("down", "screen.step(1)", show=False),
        Binding("up", "screen.step(-1)", show=False),
    ]

    def action_complete(self) -> None:
        """Take the suggestion."""
        self.action_end()
        self.action_cursor_right()

    def _on_paste(self, event: events.Paste) -> None:
        paths = given(event.text)
        if len(paths) == 1 and exists(paths[0]):
            event.text = paths[0]


class AttachDialog(Dialog["list[str]"]):
    """Asks for files; dismisses with their paths, [] when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back")]

    def __init__(self, start: str = "~/") -> None:
        super().__init__("Attach a file")
        self._start = start
        self._entries: list[Entry] = []

    def inside(self) -> ComposeResult:
        """The path, what it may become, and how to do it."""
        yield _Path(self._start, id="path", compact=True, suggester=PathSuggester(), select_on_focus=False)
        yield Static(id="complaint", classes="complaint")
        yield OptionList(id="entries", markup=False, compact=True)
        yield Static(
            Content("Tab completes · ↑↓ choose · Enter attaches · a file may be dropped here"),
            classes="muted",
        )

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#entries").can_focus = False
        self.query_one("#path").focus()

    @on(Input.Changed, "#path")
    def look(self, event: Input.Changed) -> None:
        """Show what the path may become."""
        begun = begun_anew(event.value)
        if begun != event.value:
            event.input.value = begun
            event.input.cursor_position = len(begun)
            return
        self._entries = matching(event.value)
        listing = self.query_one("#entries", OptionList)
        listing.clear_options()
        listing.add_options(Option(_shown(entry)) for entry in self._entries)
        listing.highlighted = None
        self._complain("")

    @on(Input.Submitted, "#path")
    def enter(self, event: Input.Submitted) -> None:
        """Take what is chosen in the list, else what is typed."""
        at = self.query_one("#entries", OptionList).highlighted
        if at is not None and at < len(self._entries):
            self._choose(self._entries[at])
            return
        paths = given(event.value)
        if len(paths) == 1 and event.value.endswith("/"):
            self._complain("That is a folder: choose a file in it.")
        elif paths and all(map(exists, paths)):
            self.dismiss(paths)
        else:
            self._complain("There is no such file.")

    @on(OptionList.OptionSelected, "#entries")
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """Take what was clicked."""
        event.stop()
        self._choose(self._entries[event.option_index])

    def action_step(self, by: int) -> None:
        """Walk through the list without leaving the field."""
        listing = self.query_one("#entries", OptionList)
        if self._entries:
            at = listing.highlighted
            first = 0 if by > 0 else len(self._entries) - 1
            listing.highlighted = first if at is None else (at + by) % len(self._entries)

    def action_back(self) -> None:
        """Attach nothing."""
        self.dismiss([])

    def _choose(self, entry: Entry) -> None:
        if not entry.folder:
            self.dismiss([entry.text])
            return
        path = self.query_one("#path", Input)
        path.value = entry.text
        path.cursor_position = len(entry.text)
        path.focus()

    def _complain(self, words: str) -> None:
        complaint = self.query_one("#complaint", Static)
        complaint.update(Content(f"✗ {words}" if words else ""))
        complaint.display = bool(words)


def _shown(entry: Entry) -> Content:
    name = safe_line(entry.name, 200)
    return Content(f"{name}/") if entry.folder else Content.assemble(name, (f"  {size(entry.size)}", "dim"))
