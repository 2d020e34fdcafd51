"""The keys in force, what an error means, where things are kept; and a tour of five points."""

from __future__ import annotations

import textwrap
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.model.explain import explain
from tui.model.safe_text import safe_line
from tui.ui import keys
from tui.ui.desk import Desk
from tui.ui.screens.dialog import Ask
from tui.ui.screens.sheet import Sheet
from tui.ui.widgets.form import CleanInput

_FRAME = 4
"""Cells beside the text: the padding of its pane, and the scroll bar."""
_COLUMN = 22
_ID_COLUMN = 24
_WITH_IDS = 90
_SHORTEST_ERROR = 5
"""Letters of the shortest code that is explained (50126, 5.7.1)."""

SCOPES: tuple[tuple[str, str], ...] = (
    ("app", "Everywhere"),
    ("mail", "Mail"),
    ("list", "In the list"),
    ("folders", "In the folders"),
    ("reading", "While reading"),
    ("compose", "While writing"),
    ("outbox", "In the outbox"),
    ("accounts", "In the list of accounts"),
    ("sign_in", "While signing in"),
    ("settings", "In the settings"),
    ("disk", "On this disk"),
    ("doctor", "In the check-up"),
)

TOUR: tuple[tuple[str, str], ...] = (
    (
        "Three panes",
        "Folders, list, message. Tab goes from one to the next; j and k or the arrows move within. "
        "Everything works with the mouse, too.",
    ),
    (
        "Act on mail",
        "e archives, d deletes, m moves, s flags. x selects several. U takes the last step back, even "
        "after a restart.",
    ),
    (
        "Write",
        "c begins a mail, r answers. What you type is saved every few seconds. After Alt+S there are some "
        "seconds in which U calls the mail back.",
    ),
    (
        "Search",
        "/ searches all mail on this computer while you type: words, from:name, has:attachment, "
        "before:2026-01.",
    ),
    (
        "Without a network",
        "Everything is kept on this computer first. Offline you read, write and sort as always; the servers "
        "are told later. The line at the foot says how each account is doing, and ! helps where it is stuck.",
    ),
)


class HelpScreen(Sheet[None]):
    """A search field over all keys, which also explains an error put into it. Enter in it, while it is empty,
    begins the tour."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "back", "Back"),
        Binding("ctrl+t", "tour", "Tour", priority=True),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(12)", show=False),
        Binding("pageup", "scroll(-12)", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Help")
        self._search = CleanInput(
            placeholder="Search the keys, or paste an error · Enter begins a tour",
            compact=True,
            id="search-keys",
        )
        self._text = Static(id="help")

    def inside(self) -> ComposeResult:
        """Search field and text."""
        yield self._search
        with VerticalScroll(id="help-pane", can_focus=False):
            yield self._text

    def on_mount(self) -> None:
        """Everything at first."""
        self._search.focus()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._show(self._search.value)

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """Show the keys that have all the words, and what the words mean as an error."""
        self._show(event.value)

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Enter in the empty field begins the tour."""
        if not event.value.strip():
            self.action_tour()

    @work(exclusive=True, group="tour")
    async def action_tour(self) -> None:
        """Five points, one after the other; Esc ends it."""
        for number, (title, text) in enumerate(TOUR, 1):
            last = number == len(TOUR)
            choices = [("n", "Done" if last else "Next"), *([] if last else [("", "End the tour")])]
            heading = f"{title} ({number} of {len(TOUR)})"
            if not await self.app.push_screen_wait(Ask(heading, text, choices)):
                return

    def action_scroll(self, by: int) -> None:
        """Scroll while the search field keeps the focus."""
        self.query_one("#help-pane").scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _show(self, search: str) -> None:
        words = search.lower().split()
        width = max(40, self.size.width - _FRAME)
        settings = self.desk.settings
        parts: list[Content] = []
        for scope, title in SCOPES:
            rows = [
                key
                for key in keys.table(scope, settings.general.keys, settings.keys)
                if all(word in f"{keys.shown(key.keys)} {key.sentence} {key.id}".lower() for word in words)
            ]
            if rows:
                parts += [
                    Content.styled(title, "bold $accent"),
                    *(_line(row, width) for row in rows),
                    Content(""),
                ]
        if not words:
            parts += self._places(width)
        meaning = _meaning(search, width)
        parts = [
            *meaning,
            *(parts if parts or meaning else [Content("No key or known error has these words.")]),
        ]
        self._text.update(Content("\n").join(parts))
        self.query_one("#help-pane").scroll_home(animate=False)

    def _places(self, width: int) -> list[Content]:
        paths = self.desk.paths
        lines = (
            ("Mail", f"{paths.database}"),
            ("Settings", f"{paths.config_file} (keys are re-bound there, in [keys], by id)"),
            ("Log", f"{paths.logs} (no secrets, no mail)"),
            ("Passwords", "in this computer's keyring, from your own command, or nowhere"),
        )
        return [
            Content.styled("Where things are kept", "bold $accent"),
            *(_beside(name, text, width) for name, text in lines),
        ]


def _meaning(text: str, width: int) -> list[Content]:
    """What a text means as an error, where it is long enough to be one and known."""
    found = explain(text) if len(text.strip()) >= _SHORTEST_ERROR else None
    if found is None:
        return []
    lines = [line for words in (found.meaning, found.fix) for line in textwrap.wrap(words, width)]
    title = Content.assemble((found.title, "bold $accent"), (f"  {safe_line(found.code, 40)}", "dim"))
    return [title, *map(Content, lines), Content("")]


def _line(key: keys.Key, width: int) -> Content:
    """The key's caps, its sentence wrapped beside them, and where there is room its id to re-bind it by."""
    ids = width >= _WITH_IDS
    room = width - (_ID_COLUMN if ids else 0)
    return _beside(keys.shown(key.keys), key.sentence, room, key.id if ids else "")


def _beside(name: str, text: str, width: int, behind: str = "") -> Content:
    """A name, a text wrapped in a column beside it, and on its first line what stands `behind` that."""
    first, *more = textwrap.wrap(text, max(20, width - _COLUMN))
    tail = " " * (width - _COLUMN - len(first)) + behind if behind else ""
    rest = "".join(f"\n{'':<{_COLUMN}}{line}" for line in more)
    return Content.assemble((f"{name:<{_COLUMN}}", "bold"), first, (tail, "dim"), rest)
