from __future__ import annotations

import pytest
from textual.binding import BindingsMap

from tui.ui import keys


@pytest.mark.parametrize("preset", keys.PRESETS)
def test_no_preset_binds_a_key_twice(preset: str) -> None:
    assert keys.clashes(preset, {}) == []


def test_ids_are_unique_and_every_key_has_a_sentence() -> None:
    assert len({key.id for key in keys.TABLE}) == len(keys.TABLE)
    for key in keys.TABLE:
        assert key.label
        assert key.sentence[0].isupper()
        assert not key.sentence.endswith(".")


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("g g, home", [("g", "g"), ("home",)]),
        ("!", [("exclamation_mark",)]),
        ("/", [("slash",)]),
        (",", [("comma",)]),
        ("*", [("asterisk",)]),
        ("Ctrl+R, F5", [("ctrl+r",), ("f5",)]),
        ("R", [("R",)]),
        ("?", [("question_mark",)]),
        (">", [("greater_than_sign",)]),
        ("", []),
    ],
)
def test_keys_are_read_as_people_write_them(written: str, parsed: list[tuple[str, ...]]) -> None:
    assert keys.parse(written) == parsed


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("g g, home", "g g or Home"),
        ("ctrl+r", "Ctrl+R"),
        ("!", "!"),
        ("pagedown", "PgDn"),
        ("R", "R"),
        ("enter", "Enter"),
    ],
)
def test_keys_are_shown_as_people_read_them(written: str, shown: str) -> None:
    assert keys.shown(written) == shown


def test_bindings_of_a_scope_take_the_single_keys_only() -> None:
    bindings = BindingsMap(keys.bindings("list"))
    assert bindings.key_to_bindings["home"][0].action == "first"
    assert "g" not in bindings.key_to_bindings
    assert {binding.id for binding in keys.bindings("mail")} >= {"mail.reply", "mail.inbox"}


def test_a_sequence_can_be_bound_to_a_single_key_and_back() -> None:
    overrides = {"mail.inbox": "f6", "mail.reply": "r r"}
    changed = keys.keymap("default", overrides)
    assert changed["mail.inbox"] == "f6"
    assert changed["mail.reply"].startswith("unbound")
    assert any(one.keys == ("r", "r") for one in keys.sequences("default", overrides))
    assert not any(one.action == "go('inbox')" for one in keys.sequences("default", overrides))


def test_the_vim_preset_changes_what_it_says() -> None:
    changed = keys.keymap("vim", {})
    assert changed["mail.headers"] == "H"
    assert ("d", "d") in {one.keys for one in keys.sequences("vim", {})}
    assert keys.keymap("default", {}) == {}


def test_clashes_are_named() -> None:
    sentences = keys.clashes("default", {"mail.reply": "e", "mail.archiv": "x", "list.select": "g"})
    assert any("mail.archiv." in one and "mail.archive" in one for one in sentences)
    assert any("e is bound twice" in one for one in sentences)
    assert any("list.select" in one and "g" in one for one in sentences)


def test_the_table_says_what_is_in_force() -> None:
    assert (
        next(key for key in keys.table("mail", "vim", {"mail.flag": "f9"}) if key.id == "mail.flag").keys
        == "f9"
    )
