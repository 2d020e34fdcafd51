"""The check-up on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from tests.config import stores
from tests.ui import attacks
from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tui.model.command import Check, Diagnose
from tui.model.error import StoreBroken
from tui.model.event import Checked
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.doctor import DoctorScreen
from tui.ui.widgets.check_line import CheckLine

SOUND = Check("store", True, "sound: 3 messages")
PORT = Check("imap port", True, "IPv4 192.0.2.1 answers in 23 ms", seconds=0.4)
REFUSED = Check(
    "smtp sign-in", False, "535 no \x1b]0;x\x07 for you@example.org", "Sign in again: press !", 77, 1.2
)
HINT = Check("terminal", True, "xterm, 80×24", "Make it larger.")


@pytest.fixture(autouse=True)
def _keyring() -> Iterator[None]:
    with stores.keyring_of(stores.Memory()):
        yield


def speak(program: Opened, *found: tuple[str, Check]) -> None:
    for owner, check in found:
        program.engine.speak(Checked(owner, check))


def running(program: Opened) -> Future[Any]:
    """The check-up that has begun, for the test to end."""
    return program.engine.later(Diagnose)


async def lines(program: Opened, number: int) -> list[str]:
    """The titles of the steps shown, from top to bottom, once there are so many."""
    await program.until(lambda: len(program.screen.query(CheckLine)) == number)
    return [line.check.check for line in program.screen.query(CheckLine)]


async def test_steps_appear_in_their_groups_as_they_are_done(opened: Opening) -> None:
    async with opened(AccountsScreen, size=(100, 40)) as program:
        answer = running(program)
        await program.pilot.press("c")
        await program.until(lambda: isinstance(program.screen, DoctorScreen))
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        speak(
            program,
            (OTHER, PORT),
            (ME, REFUSED),
            (ME, PORT),
            ("", SOUND),
            ("", HINT),
            ("gone@example.org", PORT),
        )
        assert await lines(program, 5) == ["store", "terminal", "imap port", "smtp sign-in", "imap port"]
        text = program.text()
        assert "Checking… 6 checks done" in text
        positions = [text.index(words) for words in ("This computer", "Mail on this computer", ME, OTHER)]
        assert positions == sorted(positions)
        assert "✗ Sending: signing in  1.2 s" in text
        assert "535 no ␛" in text
        assert "→ Sign in again: press !" in text
        assert "→ Make it larger." in text
        assert "✓ Receiving (IMAP): reaching it  0.4 s" in text
        answer.set_result((PORT, REFUSED, PORT, SOUND, HINT, PORT))
        await program.until(lambda: "1 check failed." in program.text())


async def test_everything_is_well_and_once_more(opened: Opening) -> None:
    async with opened(DoctorScreen) as program:
        await program.until(lambda: "Checking…" not in program.text())
        answer = running(program)
        await program.pilot.press("r")
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        await program.pilot.press("r")  # not while it runs
        speak(program, ("", SOUND))
        await lines(program, 1)
        answer.set_result((SOUND,))
        await program.until(lambda: "Everything is well." in program.text())
        assert len(program.engine.of(Diagnose)) == 2
        speak(program, ("", SOUND))  # of somebody else's check-up
        await program.pilot.pause()
        assert len(await lines(program, 1)) == 1


async def test_what_is_told_behind_the_answer_still_counts(opened: Opening) -> None:
    async with opened(DoctorScreen) as program:
        await program.until(lambda: "Checking…" not in program.text())
        answer = running(program)
        await program.pilot.press("r")
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        answer.set_result((SOUND, REFUSED))
        await program.pilot.pause()
        assert "Checking… 0 checks done" in program.text()
        speak(program, ("", SOUND), (ME, REFUSED))
        await program.until(lambda: "1 check failed." in program.text())
        assert await lines(program, 2) == ["store", "smtp sign-in"]


async def test_the_report_is_copied_without_anything_personal(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(DoctorScreen) as program:
        copied: list[str] = []
        monkeypatch.setattr(program.app, "copy_to_clipboard", copied.append)
        await program.until(lambda: "Checking…" not in program.text())
        answer = running(program)
        await program.pilot.press("r")
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        speak(program, ("", SOUND), (ME, REFUSED))
        answer.set_result((SOUND, REFUSED))
        await program.until(lambda: "1 check failed." in program.text())
        await program.pilot.press("c")
        await program.until(lambda: "The report is copied" in program.notes)
        await program.pilot.press("y")
        await program.until(lambda: len(copied) == 2)
        assert "FAIL  smtp sign-in" in copied[0]
        assert ME not in copied[0]
        assert "\x1b" not in copied[0]


async def test_words_of_a_server_stay_words(opened: Opening) -> None:
    checks = [Check(attack, ok, attack, attack) for attack in attacks.ALL for ok in (True, False)]
    async with opened(DoctorScreen, size=(60, 15)) as program:
        await program.until(lambda: "Checking…" not in program.text())
        answer = running(program)
        await program.pilot.press("r")
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        speak(program, *[("", check) for check in checks])
        await lines(program, len(checks))
        answer.set_result(tuple(checks))
        await program.until(lambda: "checks failed." in program.text())
        assert attacks.is_clean(program.text())
        assert attacks.MARKUP[0] in program.text()
        await program.pilot.press("end")
        assert attacks.is_clean(program.text())


async def test_a_failure_far_down_is_brought_into_view(opened: Opening) -> None:
    async with opened(DoctorScreen, size=(80, 20)) as program:
        await program.until(lambda: "Checking…" not in program.text())
        answer = running(program)
        await program.pilot.press("r")
        await program.until(lambda: "Checking… 0 checks done" in program.text())
        speak(program, *[("", SOUND)] * 20, (OTHER, REFUSED))
        await lines(program, 21)
        assert "✗" not in program.text()
        answer.set_result((SOUND,) * 20 + (REFUSED,))
        await program.until(lambda: "✗" in program.text())
        await program.pilot.press(*["k"] * 30)
        await program.until(lambda: "This computer" in program.text())
        await program.pilot.press("j", "j")
        await program.until(lambda: "This computer" not in program.text())


async def test_the_real_check_up_offline_and_back(opened: Opening) -> None:
    async with opened(DoctorScreen, size=(100, 40)) as program:
        await program.until(lambda: "Network" in program.text(), 60)
        assert "you work offline" in program.text()
        assert "Versions" in program.text()
        await program.pilot.press("q")
        await program.until(lambda: not isinstance(program.screen, DoctorScreen))


async def test_it_is_one_key_away_from_anywhere(opened: Opening) -> None:
    async with opened(AccountsScreen, accounts=(account(),)) as program:
        await program.pilot.press("f9")
        await program.until(lambda: isinstance(program.screen, DoctorScreen))
        await program.pilot.press("f9")
        await program.pilot.pause()
        await program.pilot.press("escape")
        await program.until(lambda: isinstance(program.screen, AccountsScreen))


async def test_one_that_cannot_be_made_says_so(opened: Opening) -> None:
    def refuse(_: Any) -> None:
        raise StoreBroken("The store is damaged.", "Copy it away.")

    async with opened(AccountsScreen) as program:
        program.engine.answers[Diagnose] = refuse
        await program.pilot.press("f9")
        await program.until(lambda: "The store is damaged." in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: "The check-up could not be made." in program.text())
