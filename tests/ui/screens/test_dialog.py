from __future__ import annotations

from typing import Any

import pytest

from tests.ui import attacks
from tests.ui.screens.conftest import Opening
from tui.model.error import MailError, Refused, SignInNeeded
from tui.model.explain import explain
from tui.model.secret import Secret
from tui.ui.desk import Desk
from tui.ui.screens.dialog import Ask, Notice, PromptSecret, _advice, report

CHOICES = [("d", "Delete for good"), ("keep", "Keep them")]


def ask(_: Desk) -> Ask:
    return Ask("Delete?", "They will be gone.", CHOICES)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], "d"),
        (["d"], "d"),
        (["right", "enter"], "keep"),
        (["tab", "enter"], "keep"),
        (["escape"], ""),
    ],
)
async def test_a_question_is_answered_by_letter_by_moving_or_not_at_all(
    opened: Opening, keys: list[str], answer: str
) -> None:
    async with opened(ask) as program:
        await program.pilot.press(*keys)
        await program.pilot.pause()
        assert program.answered == [answer]


async def test_a_question_is_answered_by_a_click(opened: Opening) -> None:
    async with opened(ask) as program:
        await program.pilot.click("#choice-1")
        await program.pilot.pause()
        assert program.answered == ["keep"]


async def test_many_words_stand_below_one_another(opened: Opening) -> None:
    long = [("a", "Remove the account, keep all of its mail"), ("b", "Remove the account and its mail")]
    async with opened(lambda _: Ask("Remove?", "What of its mail?", long), size=(60, 15)) as program:
        assert "Remove the account, keep all of its mail" in program.text()
        assert "Remove the account and its mail" in program.text()


async def test_what_a_server_says_cannot_act_on_the_dialogs(opened: Opening) -> None:
    async with opened(ask) as program:
        for attack in (" ".join(attacks.MARKUP), " ".join(attacks.ESCAPES), *attacks.MARKUP[:3]):
            program.app.push_screen(Ask(attack, attack, [("x", attack), ("", attack)]))
            program.app.push_screen(Notice(Refused(attack, attack, detail=attack)))
            await program.pilot.press("d")
            assert attacks.is_clean(program.text()), attack
            await program.pilot.press("escape")
            assert attacks.is_clean(program.text()), attack
            await program.pilot.press("escape")


async def test_a_notice_says_what_and_what_to_do_and_shows_details_when_asked(opened: Opening) -> None:
    error = SignInNeeded("The server did not accept the password.", "Enter it again.", detail="NO [AUTH] 17")
    async with opened(lambda _: Notice(error)) as program:
        assert "did not accept the password" in program.text()
        assert "Enter it again." in program.text()
        assert "NO [AUTH] 17" not in program.text()
        await program.pilot.press("d")
        assert "NO [AUTH] 17" in program.text()
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert program.answered == [None]


async def test_a_notice_copies_a_report(opened: Opening) -> None:
    error = Refused("The server said no.", "Try later.", detail="550 5.7.1 \x1b]0;x\x07")
    async with opened(lambda _: Notice(error)) as program:
        await program.pilot.press("y")
        assert "The server said no." in program.app.clipboard
        assert "550 5.7.1" in program.app.clipboard
        assert "\x1b" not in program.app.clipboard


def test_a_report_names_the_versions_and_the_kind_of_error() -> None:
    text = report(Refused("No.", "Later."))
    assert "outlook-tui" in text
    assert "Refused: No." in text


async def test_a_secret_is_taken_and_shown_nowhere(opened: Opening) -> None:
    async with opened(lambda _: PromptSecret("Sign in", "The password, please.")) as program:
        await program.type("hunter2 x")
        assert "hunter2" not in program.text()
        assert "hunter2" not in program.app.export_screenshot()
        await program.pilot.press("enter")
        await program.pilot.pause()
        ((secret, remember),) = program.answered
        assert secret == Secret("hunter2 x")
        assert remember is True
        assert "hunter2" not in repr(program.answered)


async def test_not_remembering_is_a_choice_and_nothing_is_no_answer(opened: Opening) -> None:
    async with opened(lambda _: PromptSecret("Sign in", "The password, please.")) as program:
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert program.answered == []
        await program.type("x")
        await program.pilot.press("tab", "space", "shift+tab", "enter")
        await program.pilot.pause()
        answer: Any = program.answered[0]
        assert answer == (Secret("x"), False)


async def test_going_back_gives_no_secret(opened: Opening) -> None:
    async with opened(lambda _: PromptSecret("Sign in", "The password, please.")) as program:
        await program.type("x")
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert program.answered == [None]


def test_advice_that_begins_with_the_reason_says_it_once() -> None:
    known = explain("535 5.7.3 Authentication unsuccessful")
    assert known is not None
    error = MailError("No.", f"{known.meaning} {known.fix}", detail="535 5.7.3 Authentication unsuccessful")
    assert _advice(error) == [f"{known.meaning} {known.fix}"]
    assert _advice(MailError("No.", detail=error.detail)) == [known.meaning, known.fix]
