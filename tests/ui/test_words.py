from __future__ import annotations

from datetime import datetime

import pytest

from tui.model.event import AccountStatus, Phase
from tui.model.message import Address
from tui.ui import words

NOW = datetime(2026, 10, 14, 15, 30).timestamp()


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (datetime(2026, 10, 14, 14, 5), "14:05"),
        (datetime(2026, 10, 13, 23, 59), "Yesterday"),
        (datetime(2026, 10, 12, 9, 0), "Mon 12 Oct"),
        (datetime(2024, 2, 3, 9, 0), "03.02.2024"),
        (datetime(2027, 1, 1, 0, 0), "01.01.2027"),
    ],
)
def test_short_dates_are_those_people_say(when: datetime, shown: str) -> None:
    assert words.short_date(when.timestamp(), NOW) == shown
    assert len(shown) <= words.date_width(False)


def test_iso_dates() -> None:
    assert words.short_date(datetime(2024, 2, 3, 14, 5).timestamp(), NOW, iso=True) == "2024-02-03 14:05"


@pytest.mark.parametrize("when", [10**20, -(10**20), float("inf"), float("nan")])
def test_times_no_calendar_has_are_left_out(when: float) -> None:
    assert words.short_date(when, NOW) == ""
    assert words.long_date(when, NOW)


def test_long_dates() -> None:
    assert words.long_date(datetime(2026, 10, 14, 14, 5).timestamp(), NOW) == "Today 14:05"
    assert words.long_date(datetime(2026, 10, 13, 14, 5).timestamp(), NOW) == "Yesterday 14:05"
    assert words.long_date(datetime(2026, 10, 12, 14, 5).timestamp(), NOW) == "Mon 12 Oct 2026, 14:05"
    assert words.long_date(None, NOW) == "no date"


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (14_200, "14 KB"),
        (999_900, "1.0 MB"),
        (2_340_000, "2.3 MB"),
        (5 * 10**12, "5,000 GB"),
    ],
)
def test_sizes(octets: int, shown: str) -> None:
    assert words.size(octets) == shown


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("Billing", "billing@contoso.example", "Billing"),
        (None, "billing@contoso.example", "billing@contoso.example"),
        ("  ", "billing@contoso.example", "billing@contoso.example"),
        ("security@contoso.example", "trap@evil.example", "trap@evil.example"),
        ("Bank <security@contoso.example>", "trap@evil.example", "trap@evil.example"),
        (None, "", "nobody"),
    ],
)
def test_a_name_that_poses_as_an_address_is_not_shown(name: str | None, address: str, shown: str) -> None:
    assert words.person(Address(name, address)) == shown


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (
            AccountStatus("a", Phase.UP_TO_DATE, since=datetime(2026, 10, 14, 14, 5).timestamp()),
            "Up to date 14:05",
        ),
        (AccountStatus("a", Phase.FETCHING), "Fetching"),
        (AccountStatus("a", Phase.FETCHING, folder="INBOX"), "Fetching INBOX"),
        (
            AccountStatus("a", Phase.FETCHING, done=1240, total=8300, since=NOW - 31.6),
            "Fetching 1,240 of 8,300 · 3 min left",
        ),
        (
            AccountStatus(
                "a", Phase.OFFLINE, since=datetime(2026, 10, 14, 13, 50).timestamp(), until=NOW + 30
            ),
            "Offline since 13:50, again in 30 s",
        ),
        (AccountStatus("a", Phase.SIGN_IN), "Sign in again (press !)"),
        (
            AccountStatus("a", Phase.BROKEN, what="The disk is full: /x cannot grow."),
            "The disk is full (press !)",
        ),
        (AccountStatus("a", Phase.BROKEN, what=f"The store {'x' * 40}."), "Something is wrong (press !)"),
        (AccountStatus("a", Phase.BROKEN), "Something is wrong (press !)"),
        (AccountStatus("a", Phase.BUSY, until=NOW + 600), "The server asks for patience, again in 10 min"),
    ],
)
def test_states_in_words(state: AccountStatus, shown: str) -> None:
    assert words.status(state, NOW) == shown


def test_every_phase_has_words_and_a_mark() -> None:
    for phase in Phase:
        assert words.status(AccountStatus("a", phase), NOW)
        assert len(words.DOTS[phase][0]) == 1


def test_what_needs_the_person_has_a_mark_of_its_own_shape() -> None:
    calm = {words.DOTS[phase][0] for phase in Phase if not words.trouble(AccountStatus("a", phase))}
    assert words.DOTS[Phase.SIGN_IN][0] not in calm
