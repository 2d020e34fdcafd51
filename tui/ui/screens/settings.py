"""The settings, drawn from their schema. Each change is saved at once; comments in the file are kept."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.config import settings as config
from tui.model.command import ReloadSettings
from tui.model.error import MailError
from tui.ui import keys
from tui.ui.desk import Desk
from tui.ui.screens.sheet import Sheet
from tui.ui.theme import chosen
from tui.ui.widgets.form import CleanInput
from tui.ui.widgets.setting_row import SettingRow

_WAYS = {"#accounts": "accounts imap pop3", "#disk": "on this disk space storage size offline messages"}
"""The words by which the ways to other pages are found."""

_THEMES = ("auto", "dark", "light", "contrast")


class SettingsScreen(Sheet[None]):
    """A search field, the way to the accounts, and a row for each setting under the heading of its group."""

    SCOPE: ClassVar[str] = "settings"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("settings")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Settings")
        self._search = CleanInput(placeholder="Search the settings", compact=True, id="search-settings")
        self._saving = asyncio.Lock()

    def inside(self) -> ComposeResult:
        """Search, accounts, groups."""
        yield self._search
        with VerticalScroll(id="settings", can_focus=False):
            accounts = len(self.desk.settings.accounts)
            yield Button(
                Content(f"Accounts ({accounts}): add, change, test, switch IMAP and POP3"),
                id="accounts",
                compact=True,
                action="screen.accounts",
            )
            yield Button(
                Content("On this disk: how much mail is here, and what is only here"),
                id="disk",
                compact=True,
                action="screen.disk",
            )
            group = ""
            for setting in config.SCHEMA:
                if setting.group != group:
                    group = setting.group
                    yield Static(Content(group), classes="group", name=group)
                value = getattr(self.desk.settings.general, setting.key)
                yield SettingRow(setting, value, self._themes() if setting.key == "theme" else ())
            yield Static(
                Content(f"All of this stands in {self.desk.paths.config_file}"), classes="where muted"
            )

    def on_mount(self) -> None:
        """Search at once."""
        self._search.focus()

    def _themes(self) -> tuple[str, ...]:
        return (
            *_THEMES,
            *sorted(name for name in self.app.available_themes if not name.startswith("outlook-")),
        )

    @on(Input.Changed, "#search-settings")
    def search(self, event: Input.Changed) -> None:
        """Show what has all the words."""
        event.stop()
        words = event.value.lower().split()
        shown: set[str] = set()
        for row in self.query(SettingRow):
            row.display = row.matches(words)
            if row.display:
                shown.add(row.setting.group)
        for heading in self.query(".group"):
            heading.display = heading.name in shown
        for name, known in _WAYS.items():
            self.query_one(name).display = all(word in known for word in words)

    @on(Input.Submitted, "#search-settings")
    def go(self, event: Input.Submitted) -> None:
        """Enter goes to the first row found."""
        event.stop()
        first = next((row for row in self.query(SettingRow) if row.display), None)
        if first is not None:
            first.begin()

    @on(SettingRow.Given)
    @work(group="settings")
    async def given(self, event: SettingRow.Given) -> None:
        """Save the value; the rest of the program hears of it."""
        setting, row = event.row.setting, event.row
        async with self._saving:
            try:
                path = self.desk.paths.config_file
                self.desk.settings = await asyncio.to_thread(config.set_value, path, setting.key, event.value)
                await self.ask(ReloadSettings())
            except MailError as error:
                row.complain(f"{error.what} {error.hint}".strip())
                self.aside("✗ not saved")
                return
        row.complain("")
        self.aside(f"✓ {setting.title}: saved")
        self._apply(setting.key)

    def _apply(self, key: str) -> None:
        """Let what is seen follow at once."""
        general = self.desk.settings.general
        if key == "theme":
            self.app.theme = chosen(general.theme, set(self.app.available_themes))
        elif key == "keys":
            self.app.set_keymap(keys.keymap(general.keys, self.desk.settings.keys))

    def action_search(self) -> None:
        """Go to the search field."""
        self._search.focus()

    def action_accounts(self) -> None:
        """Go to the accounts."""
        from tui.ui.screens.accounts import AccountsScreen

        self.app.push_screen(AccountsScreen(self.desk))

    def action_disk(self) -> None:
        """See what is kept on this computer."""
        from tui.ui.screens.disk import DiskScreen

        self.app.push_screen(DiskScreen(self.desk))

    def action_back(self) -> None:
        """What is typed in a field is taken first, then go back."""
        for row in self.query(SettingRow):
            if row.has_focus_within:
                row.left()
        self.call_after_refresh(self._leave)

    def _leave(self) -> None:
        self.dismiss(None)
