from __future__ import annotations

import pytest
from textual.widgets import Input, Select

from tests.ui.screens.conftest import Opened, Opening
from tui.config import settings
from tui.config.paths import Paths
from tui.model.command import ReloadSettings
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.settings import SettingsScreen
from tui.ui.widgets.form import Tick
from tui.ui.widgets.setting_row import SettingRow


def row(program: Opened, key: str) -> SettingRow:
    return next(one for one in program.screen.query(SettingRow) if one.setting.key == key)


async def test_every_setting_of_the_schema_has_its_row(opened: Opening) -> None:
    async with opened(SettingsScreen) as program:
        keys = [one.setting.key for one in program.screen.query(SettingRow)]
        assert keys == [one.key for one in settings.SCHEMA]


async def test_search_leaves_the_rows_that_have_the_words(opened: Opening) -> None:
    async with opened(SettingsScreen) as program:
        await program.type("undo sending")
        shown = [one.setting.key for one in program.screen.query(SettingRow) if one.display]
        assert shown == ["undo_seconds"]
        assert "Seconds that a sent mail waits" in program.text()
        assert "Appearance" not in program.text()


async def test_a_number_is_saved_and_the_persons_comments_stay(opened: Opening, home: Paths) -> None:
    async with opened(SettingsScreen, accounts=()) as program:
        await program.pilot.press("escape")
        home.config_file.write_text("# mine\n[general]\nundo_seconds = 20 # long\n")
        home.config_file.chmod(0o600)
        program.desk.reload()
        program.app.push_screen(SettingsScreen(program.desk))
        await program.pilot.pause()
        await program.type("undo")
        await program.pilot.press("enter")
        await program.type("7")
        await program.pilot.press("enter")
        await program.until(lambda: settings.load(home.config_file).general.undo_seconds == 7)
        text = home.config_file.read_text()
        assert "# mine" in text
        assert "# long" in text
        await program.until(lambda: program.engine.of(ReloadSettings))
        assert program.desk.settings.general.undo_seconds == 7


@pytest.mark.parametrize(("typed", "words"), [("x", "A number is needed"), ("99999", "undo_seconds")])
async def test_a_wrong_value_is_named_and_not_saved(opened: Opening, typed: str, words: str) -> None:
    async with opened(SettingsScreen) as program:
        field = row(program, "undo_seconds").query_one(Input)
        field.focus()
        field.value = typed
        await program.pilot.press("enter")
        await program.until(lambda: words in program.text() and "✗" in program.text())
        assert program.desk.settings.general.undo_seconds == 10


async def test_a_theme_applies_at_once(opened: Opening, home: Paths) -> None:
    async with opened(SettingsScreen) as program:
        row(program, "theme").query_one(Select).value = "light"
        await program.until(lambda: program.app.theme == "outlook-light")
        assert settings.load(home.config_file).general.theme == "light"


async def test_all_choices_are_seen_before_one_is_taken(opened: Opening, home: Paths) -> None:
    async with opened(SettingsScreen) as program:
        row(program, "reading").query_one(Select).focus()
        await program.pilot.press("enter")
        await program.until(lambda: all(f" {one} " in program.text() for one in ("right", "below")))
        await program.pilot.press("down", "down", "enter")
        await program.until(lambda: settings.load(home.config_file).general.reading == "below")


async def test_a_box_is_ticked_and_saved(opened: Opening, home: Paths) -> None:
    async with opened(SettingsScreen) as program:
        tick = row(program, "confirm_quit").query_one(Tick)
        tick.focus()
        await program.pilot.press("space")
        await program.until(lambda: settings.load(home.config_file).general.confirm_quit is False)


async def test_what_is_typed_is_taken_when_one_leaves(opened: Opening, home: Paths) -> None:
    async with opened(SettingsScreen) as program:
        field = row(program, "check_minutes").query_one(Input)
        field.focus()
        field.value = "9"
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [None])
        await program.until(lambda: settings.load(home.config_file).general.check_minutes == 9)


async def test_the_way_to_the_accounts(opened: Opening) -> None:
    async with opened(SettingsScreen) as program:
        await program.pilot.press("ctrl+o")
        await program.pilot.pause()
        assert isinstance(program.screen, AccountsScreen)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_it_fits_every_size(opened: Opening, size: tuple[int, int]) -> None:
    async with opened(SettingsScreen, size=size) as program:
        assert "Search the settings" in program.text()
        assert "Theme" in program.text()
