from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui import attacks
from tests.ui.widgets.host import Host
from tui.model.event import AccountStatus, Phase
from tui.ui.widgets.status_bar import StatusBar, account_words, fitted

NOW = 1_790_000_000.0


def said(*states: AccountStatus, offline: bool = False) -> str:
    return "".join(text for text, _ in account_words(states, NOW, offline))


def test_one_account_needs_no_name() -> None:
    assert said(AccountStatus("you@example.org", Phase.FETCHING)) == "◐ Fetching"


def test_trouble_comes_first_and_calm_accounts_are_told_together() -> None:
    states = [
        AccountStatus("a@example.org", Phase.UP_TO_DATE, since=NOW),
        AccountStatus("b@example.org", Phase.UP_TO_DATE, since=NOW),
        AccountStatus("c@example.org", Phase.OFFLINE, until=NOW + 30),
        AccountStatus("d@example.org", Phase.SIGN_IN),
    ]
    shown = said(*states)
    assert shown.index("d@example.org: Sign in again (press !)") < shown.index(
        "c@example.org: Offline, again in 30 s"
    )
    assert "2 accounts: Up to date" in shown


def test_what_a_fetch_left_is_told_beside_the_calm_ones() -> None:
    left = AccountStatus("a@example.org", Phase.UP_TO_DATE, since=NOW, problems=("One.", "Two."))
    shown = said(left, AccountStatus("b@example.org", Phase.UP_TO_DATE, since=NOW))
    assert "· 2 problems (press !)" in shown
    assert "b@example.org: Up to date" in shown


def test_progress_can_be_seen_and_stopped() -> None:
    shown = said(AccountStatus("a", Phase.FETCHING, done=50, total=100))
    assert "Fetching 50 of 100" in shown
    assert "━━━━━─────" in shown
    assert "Esc stops" in shown


def test_offline_and_no_account() -> None:
    assert "Ctrl+O" in said(AccountStatus("a"), offline=True)
    assert "settings" in said()


@pytest.mark.parametrize("string", attacks.ALL)
@pytest.mark.parametrize("width", [60, 120])
async def test_it_fits_and_is_clean_whatever_is_said(string: str, width: int) -> None:
    bar = StatusBar()
    app = Host(bar)
    async with app.run_test(size=(width, 3)) as pilot:
        bar.banner = "Demo: nothing leaves this computer"
        bar.show(
            [AccountStatus(string, Phase.SIGN_IN), AccountStatus("b", Phase.FETCHING, 1, 2, string)], 3, False
        )
        await pilot.pause()
        assert attacks.is_clean(bar.text)
        assert cell_len(bar.text) <= width
        bar.flash(string)
        await pilot.pause()
        await pilot.click(bar)
        assert attacks.is_clean(bar.text)
        assert cell_len(bar.text) <= width


async def test_a_sentence_passes() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)) as pilot:
        bar.show([AccountStatus("a", Phase.UP_TO_DATE, since=NOW)], 1, False)
        bar.flash("Archived 3 messages · U undoes")
        assert "U undoes" in bar.text
        assert "1 mail in the outbox" in bar.text
        bar.flash("")
        await pilot.pause()
        assert "Up to date" in bar.text
        bar.sequence("g …   i Inbox")
        assert "i Inbox" in bar.text


def test_runs_are_cut_together() -> None:
    assert fitted([("abc", "dim"), ("defg", "text"), ("h", "dim")], 5) == [("abc", "dim"), ("d…", "text")]


async def test_a_passing_note_leaves_the_accounts_where_there_is_room() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)):
        bar.show([AccountStatus("a", Phase.UP_TO_DATE, since=NOW)], 0, False)
        bar.flash("Archived 3 messages · U undoes")
        assert "U undoes   ● Up to date" in bar.text
        bar.flash("x" * 75)
        assert "Up to date" not in bar.text
        bar.banner = "Demo: nothing leaves this computer"
        bar.flash("y" * 70)
        assert "y" * 70 in bar.text


async def test_a_mail_about_to_leave_is_counted_down(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = NOW
    monkeypatch.setattr("tui.ui.widgets.status_bar.time.time", lambda: clock)
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)):
        bar.show([], 1, False, leaving=NOW + 9.2)
        assert "Sending in 10 s · U undoes" in bar.text
        clock = NOW + 8.5
        assert "Sending in 1 s" in bar.text
        clock = NOW + 9.2
        assert "Sending" not in bar.text


async def test_what_was_refused_stands_before_what_goes_by_itself() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(120, 3)) as pilot:
        bar.banner = "Demo"
        bar.show([AccountStatus("a", Phase.UP_TO_DATE, since=NOW)], 2, False, refused=1)
        await pilot.pause()
        assert "▲ 1 change refused (g x)  ↑ 2 mails in the outbox  Demo" in bar.text
        await pilot.resize_terminal(60, 3)
        assert "▲ 1 change refused (g x)" in bar.text
        assert "outbox" not in bar.text
