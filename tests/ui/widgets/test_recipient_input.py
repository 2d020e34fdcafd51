from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tests.ui import attacks
from tests.ui.widgets.host import Host
from tui.model.message import Address
from tui.ui.widgets.recipient_input import RecipientInput, complaint, entry_at, one_line

BOOK = [
    Address("Billing", "billing@contoso.example"),
    Address("Büro, Süd", "buero@example.org"),
    Address(None, "build@contoso.example"),
]


def contacts(prefix: str, limit: int) -> list[Address]:
    start = prefix.casefold()
    return [one for one in BOOK if f"{one.name or ''} {one.address}".casefold().find(start) >= 0][:limit]


@pytest.mark.parametrize(
    ("text", "cursor", "entry"),
    [
        ("", 0, ""),
        ("bil", 3, "bil"),
        ("a@b.example, bil", 16, "bil"),
        ("a@b.example, bil, c@d.example", 15, "bil"),
        ('"One, Two" <a@b.example>, x', 5, '"One, Two" <a@b.example>'),
        ('"One, Tw', 8, '"One, Tw'),
        ("a;b", 3, "b"),
        ("<<,a", 4, "<<,a"),
    ],
)
def test_the_entry_under_the_cursor_is_found(text: str, cursor: int, entry: str) -> None:
    start, end = entry_at(text, cursor)
    assert text[start:end] == entry


@given(st.text(alphabet='ab",;<>\\ @', max_size=40), st.integers(0, 40))
def test_the_entry_lies_within_the_text(text: str, cursor: int) -> None:
    start, end = entry_at(text, min(cursor, len(text)))
    assert 0 <= start <= end <= len(text)


def test_a_pasted_list_becomes_one_line() -> None:
    assert (
        one_line("a@b.example\nc@d.example;\r\n\n  e@f.example\t") == "a@b.example, c@d.example, e@f.example"
    )


def test_what_is_wrong_is_named_but_not_while_it_is_being_typed() -> None:
    assert complaint("a@b.example, half@, c@d.example") == "Not an address: half@"
    assert complaint("a@b.example, hal", entry_at("a@b.example, hal", 16)) == ""
    assert complaint("x, y, z, w") == "Not an address: x, y, z and 1 more"
    assert complaint("") == ""


async def test_correspondents_are_offered_and_taken() -> None:
    field = RecipientInput(contacts)
    app = Host(field, RecipientInput.Checked)
    async with app.run_test(size=(60, 14)) as pilot:
        field.line.focus()
        await pilot.press("b", "u")
        assert "build@contoso.example" in "\n".join(app.shown())
        assert field.suggesting
        await pilot.press("enter")
        assert field.value == '"Büro, Süd" <buero@example.org>, '
        await pilot.press("b", "i", "l", "tab")
        assert field.value == '"Büro, Süd" <buero@example.org>, Billing <billing@contoso.example>, '
        assert not field.suggesting


async def test_the_list_is_walked_and_closed_by_keys_and_whoever_is_there_is_not_offered_again() -> None:
    field = RecipientInput(contacts)
    app = Host(field)
    async with app.run_test(size=(60, 14)) as pilot:
        field.line.focus()
        field.line.value = "billing@contoso.example, "
        await pilot.pause()
        await pilot.press("c", "o", "n", "t")
        assert "billing" not in "\n".join(app.shown()[1:])
        await pilot.press("escape")
        assert not field.suggesting
        await pilot.press("backspace")
        assert field.suggesting
        await pilot.press("down", "up", "enter")
        assert field.value == "billing@contoso.example, build@contoso.example, "


async def test_a_suggestion_is_taken_by_a_click() -> None:
    field = RecipientInput(contacts)
    app = Host(field)
    async with app.run_test(size=(60, 14)) as pilot:
        field.line.focus()
        await pilot.press("b", "i", "l")
        await pilot.click(".suggestions", offset=(3, 0))
        assert field.value == "Billing <billing@contoso.example>, "


async def test_a_pasted_list_is_split_and_its_mistakes_are_named() -> None:
    field = RecipientInput(contacts)
    app = Host(field, RecipientInput.Checked)
    async with app.run_test(size=(60, 14)) as pilot:
        field.line.focus()
        app.post_message(events.Paste("a@b.example\nnonsense\nc@d.example\n"))
        await pilot.pause()
        assert field.value == "a@b.example, nonsense, c@d.example"
        assert app.heard[-1].words == "Not an address: nonsense"


async def test_hostile_names_are_shown_safe() -> None:
    found = [Address(attack, f"a{n}@example.org") for n, attack in enumerate(attacks.ALL)]
    field = RecipientInput(lambda _prefix, _limit: found)
    app = Host(field)
    async with app.run_test(size=(60, 50)) as pilot:
        field.line.focus()
        await pilot.press("a")
        assert attacks.is_clean("".join(app.shown()))
        for _ in found:
            await pilot.press("down")
        await pilot.press("enter")
        assert attacks.is_clean(field.value)
