from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from tests.ui import attacks
from tests.ui.screens.conftest import ME, Opened, Opening, account
from tui.config.paths import Paths
from tui.model.account import Account, Auth, Login
from tui.model.command import BeginSignIn, CancelSignIn, PasteAnswer
from tui.model.error import BadInput, Cancelled, ConsentNeeded, SignInNeeded
from tui.model.event import KeyringWaits, SigningIn
from tui.model.issuer import identity_of
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn, SignInStep, Way
from tui.ui.desk import Desk
from tui.ui.screens.sign_in import Approved, SignInScreen

CLIENT = "00000000-0000-4000-8000-000000000000"
URL = "https://login.example.org/authorize?state=s&code_challenge=c"
MICROSOFT = account(provider="outlook", login=Login(ME, Auth.OAUTH2), client_id=CLIENT)
GOOGLE = replace(MICROSOFT, provider="gmail", client_id="")


def screen_of(one: Account, **more: str) -> Any:
    def make(desk: Desk) -> SignInScreen:
        identity = identity_of(one)
        assert identity is not None
        return SignInScreen(desk, one, identity, **more)

    return make


async def told(program: Opened, step: SignInStep) -> None:
    program.engine.speak(SigningIn(ME, step))
    await program.pilot.pause()
    await program.pilot.pause()


def says(words: str, detail: str = "", kind: type[SignInNeeded] = SignInNeeded) -> Any:
    def fail(_: Any) -> None:
        raise kind(words, "Do this.", detail=detail)

    return fail


async def test_what_is_asked_for_is_explained_before_anything_happens(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT, summary="Outlook.com · IMAP · you")) as program:
        shown = program.words()
        assert "Outlook.com · IMAP · you" in shown
        assert "✓ read and change your mail, by IMAP" in shown
        assert "✓ send mail as you" in shown
        assert "no contacts, no calendar" in shown
        assert "in this computer's keyring" in shown
        assert not program.engine.of(BeginSignIn)
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert program.answered == [None]


async def test_a_browser_that_opened_is_waited_for_and_approval_goes_on(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        waiting = program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert "Asking Microsoft" in program.text()
        await told(program, SignInStep(Way.BROWSER, URL, opened=True))
        assert "Your browser has opened login.example.org" in program.words()
        assert "Waiting for your approval" in program.text()
        await program.pilot.press("y")
        assert program.app.clipboard == URL
        waiting.set_result(SignedIn(ME, ME, True, "For this session."))
        await program.until(lambda: program.answered == [Approved(MICROSOFT, "For this session.")])
        assert program.engine.of(BeginSignIn) == [BeginSignIn(MICROSOFT)]
        assert not program.engine.of(CancelSignIn)


async def test_an_administrator_can_be_asked_while_a_page_that_wants_one_is_open(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        await told(program, SignInStep(Way.BROWSER, URL, opened=True))
        assert "administrator" not in program.words()
    work = replace(MICROSOFT, provider="microsoft365")
    async with opened(screen_of(work)) as program:
        program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        await told(program, SignInStep(Way.BROWSER, URL, opened=True))
        await program.until(lambda: "m copies a message that asks for it" in program.words())
        await program.pilot.press("m")
        assert "/v2.0/adminconsent?" in program.app.clipboard
        assert "Please approve" in program.app.clipboard


async def test_a_code_is_shown_large_with_its_time_running_down(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.later(BeginSignIn)
        await program.pilot.press("d")
        assert program.engine.of(BeginSignIn)[-1].way is Way.DEVICE
        page = "https://microsoft.example/devicelogin"
        await told(program, SignInStep(Way.DEVICE, page, "ABCD1EFGH", time.time() + 900.5))
        assert "A B C D 1 E F G H" in program.text()
        assert page in program.text()
        assert "the code is good for 15:00" in program.text() or "14:59" in program.text()
        await program.pilot.press("c")
        assert program.app.clipboard == "ABCD1EFGH"
        await program.until(lambda: "14:58" in program.text(), 5)
        await told(program, SignInStep(Way.DEVICE, page, "ABCD1EFGH", time.time() - 1))
        assert "the code has run out" in program.text()


async def test_another_way_is_one_key_away_and_ends_the_first(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        first = program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        await told(program, SignInStep(Way.BROWSER, URL))
        assert "in a browser on this computer" in program.words()
        program.engine.later(BeginSignIn)
        await program.pilot.press("p")
        await program.pilot.pause()
        assert program.engine.of(CancelSignIn) == [CancelSignIn(ME)]
        assert len(program.engine.of(BeginSignIn)) == 1, "the first has not ended yet"
        first.set_exception(Cancelled("That was stopped."))
        await program.until(lambda: len(program.engine.of(BeginSignIn)) == 2)
        await told(program, SignInStep(Way.PASTE, URL))
        assert "cannot be loaded. That is as it should be" in program.words()
        assert [one.way for one in program.engine.of(BeginSignIn)] == [None, Way.PASTE]


async def test_a_pasted_address_is_handed_over_and_shown_nowhere(opened: Opening) -> None:
    answer = "http://localhost/?code=hunter2&state=s"

    def refuse(_: Any) -> None:
        raise BadInput("This is not that address.", "Copy all of it.")

    async with opened(screen_of(MICROSOFT), size=(100, 36)) as program:
        program.engine.later(BeginSignIn)
        await program.pilot.press("p")
        await told(program, SignInStep(Way.PASTE, URL))
        program.engine.answers[PasteAnswer] = refuse
        program.app.post_message(events.Paste("http://localhost/"))
        await program.until(lambda: "✗ This is not that address. Copy all of it." in program.words())
        program.engine.answers[PasteAnswer] = lambda _: None
        await program.pilot.press("tab", "tab", "tab", "tab", "tab", "tab")
        program.app.post_message(events.Paste(answer))
        await program.until(lambda: len(program.engine.of(PasteAnswer)) == 2)
        assert program.engine.of(PasteAnswer)[-1] == PasteAnswer(ME, Secret(answer))
        assert "hunter2" not in program.app.export_screenshot()
        assert "✗" not in program.text()


async def test_nothing_is_no_answer(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT), size=(100, 36)) as program:
        program.engine.later(BeginSignIn)
        await program.pilot.press("p")
        await told(program, SignInStep(Way.PASTE, URL))
        program.screen.query_one("#answer").focus()
        await program.pilot.press("enter")
        await program.until(lambda: "Paste the whole address" in program.words())
        assert not program.engine.of(PasteAnswer)


@pytest.mark.parametrize(
    ("choice", "username"), [("use", "other@example.org"), ("shared", ME)], ids=["one mailbox", "shared"]
)
async def test_somebody_else_who_signed_in_is_asked_about(
    opened: Opening, choice: str, username: str
) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, "other@example.org", False)
        await program.pilot.press("enter")
        await program.until(lambda: "Signed in as somebody else" in program.text())
        assert f"You signed in as other@example.org; the account is {ME}." in program.words()
        await program.pilot.press(*(["down"] if choice == "shared" else []), "enter")
        await program.until(lambda: program.answered)
        approved = program.answered[0].account
        assert approved.address == ME
        assert approved.login.username == username


async def test_somebody_else_can_be_asked_for_again(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.answers[BeginSignIn] = lambda one: SignedIn(
            ME, ME if one.again else "other", one.again
        )
        await program.pilot.press("enter")
        await program.until(lambda: "Signed in as somebody else" in program.text())
        await program.pilot.press("down", "down", "enter")
        await program.until(lambda: program.answered == [Approved(MICROSOFT, "")])
        assert [one.again for one in program.engine.of(BeginSignIn)] == [False, True]


async def test_not_deciding_who_it_is_goes_back_and_keeps_nothing(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, "other@example.org", False)
        await program.pilot.press("enter")
        await program.until(lambda: "Signed in as somebody else" in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: "will ask you to let outlook-tui" in program.text())
        assert program.engine.of(CancelSignIn) == [CancelSignIn(ME)]


async def test_a_refusal_is_explained_and_every_way_stays_open(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        detail = "AADSTS53003: Access has been blocked by Conditional Access policies."
        program.engine.answers[BeginSignIn] = says("A rule of your organisation refuses this.", detail)
        await program.pilot.press("d")
        await program.until(lambda: "A rule of your organisation refuses this." in program.words())
        assert "Do this." in program.text()
        assert "AADSTS53003" in program.text()
        assert "In the browser" in program.text()
        assert "Copy message" not in program.text()
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, ME, True)
        await program.pilot.press("b")
        await program.until(lambda: program.answered)
        assert [one.way for one in program.engine.of(BeginSignIn)] == [Way.DEVICE, Way.BROWSER]


async def test_an_administrator_is_asked_by_a_link_and_a_message(
    opened: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.config.paths.downloads", lambda: tmp_path)
    async with opened(screen_of(MICROSOFT), size=(100, 36)) as program:
        program.engine.answers[BeginSignIn] = says("Approval is needed.", "AADSTS90094.", ConsentNeeded)
        await program.pilot.press("enter")
        await program.until(lambda: "Approval is needed." in program.text())
        assert "/v2.0/adminconsent?client_id=" in program.text()
        await program.pilot.press("l")
        assert program.app.clipboard.startswith("https://login.microsoftonline.com/example.org/")
        await program.pilot.press("m")
        assert "Please approve the mail program outlook-tui" in program.app.clipboard
        assert CLIENT in program.app.clipboard
        await program.pilot.press("w")
        await program.until(lambda: "The message is in" in program.notes)
        assert ME in (tmp_path / "approve-outlook-tui.txt").read_text()


async def test_without_a_client_id_it_is_explained_and_taken(opened: Opening) -> None:
    async with opened(screen_of(replace(MICROSOFT, client_id="")), size=(100, 40)) as program:
        await program.pilot.pause()
        assert "registered with it, each by a client id" in program.words()
        assert "Redirect URI" in program.words()
        assert "entra.microsoft.com" in program.text()
        await program.type("my id")
        await program.pilot.press("enter")
        await program.until(lambda: "A client id looks like" in program.words())
        program.screen.query_one("#client-id", Input).value = CLIENT
        await program.pilot.press("enter")
        await program.until(lambda: "will ask you to let outlook-tui" in program.text())
        program.engine.answers[BeginSignIn] = lambda _: SignedIn(ME, ME, True)
        await program.pilot.press("enter")
        await program.until(lambda: program.answered == [Approved(MICROSOFT, "")])
        assert program.engine.of(BeginSignIn)[0].account.client_id == CLIENT


async def test_google_wants_a_secret_too_and_has_no_codes(opened: Opening) -> None:
    async with opened(screen_of(GOOGLE), size=(100, 40)) as program:
        await program.pilot.pause()
        assert "The simple way is an app password" in program.words()
        await program.type("123456-abc.apps.googleusercontent.com")
        await program.pilot.press("enter")
        await program.until(lambda: "Type the client's secret, too." in program.words())
        await program.type("hunter2")
        await program.pilot.press("enter")
        await program.until(lambda: "will ask you to let outlook-tui" in program.text())
        assert "hunter2" not in program.app.export_screenshot()
        program.engine.later(BeginSignIn)
        await program.pilot.press("d", "enter")
        await program.pilot.pause()
        assert [one.way for one in program.engine.of(BeginSignIn)] == [None]
        assert program.engine.of(BeginSignIn)[0].account.client_secret == "hunter2"
        await told(program, SignInStep(Way.BROWSER, URL))
        assert "With a code" not in program.text()


async def test_leaving_ends_what_is_waited_for(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        waiting = program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        await told(program, SignInStep(Way.BROWSER, URL))
        await program.pilot.press("enter")
        assert "Waiting for your approval" in program.text(), "a stray Enter ends nothing"
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert program.engine.of(CancelSignIn) == [CancelSignIn(ME)]
        waiting.set_result(SignedIn(ME, ME, True))
        await program.pilot.pause()
        assert not program.answered, "what comes after is not listened to"


async def test_the_keyring_is_seen_to_be_waited_for(opened: Opening) -> None:
    async with opened(screen_of(MICROSOFT)) as program:
        program.engine.speak(KeyringWaits(True))
        await program.until(lambda: "Waiting for your keyring" in program.text())
        program.engine.speak(KeyringWaits(False))
        await program.until(lambda: "Waiting for your keyring" not in program.text())


@pytest.mark.parametrize("attack", [" ".join(attacks.MARKUP), " ".join(attacks.ESCAPES)])
async def test_nothing_a_service_says_acts_on_the_screen(opened: Opening, attack: str) -> None:
    async with opened(screen_of(MICROSOFT), size=(120, 40)) as program:
        waiting = program.engine.later(BeginSignIn)
        await program.pilot.press("enter")
        for way in Way:
            await told(program, SignInStep(way, f"https://{attack}/", attack, 0.0, True, attack))
            assert attacks.is_clean(program.text())
        waiting.set_exception(ConsentNeeded(attack, attack, detail=f"AADSTS90094 {attack}"))
        await program.until(lambda: "In its own words" in program.text())
        assert attacks.is_clean(program.text())


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 32)])
async def test_it_fits_every_size(opened: Opening, size: tuple[int, int], home: Paths) -> None:
    async with opened(screen_of(MICROSOFT), size=size) as program:
        program.engine.later(BeginSignIn)
        assert "Sign in" in program.text()
        await program.pilot.press("enter")
        for way in Way:
            await told(program, SignInStep(way, URL, "ABCD1EFGH" if way is Way.DEVICE else ""))
            assert "Waiting for your approval" in program.text()
            assert "Back" in program.text()
