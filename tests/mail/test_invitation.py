from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import invitation
from tui.model.content import Invitation

MEETING = """BEGIN:VCALENDAR\r
VERSION:2.0\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
TZID:Europe/Berlin\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
SUMMARY;LANGUAGE=de:Budget\\, Plan\\; und\r
  mehr\\nZeile\r
DTSTART;TZID=Europe/Berlin:20260302T100000\r
DTEND;TZID="Europe/Berlin":20260302T113000\r
LOCATION:Room 7\r
ORGANIZER;CN="Office, Main":MAILTO:office@contoso.example\r
BEGIN:VALARM\r
SUMMARY:not this\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_meeting() -> None:
    assert invitation.read(MEETING) == (
        Invitation(
            method="REQUEST",
            summary="Budget, Plan; und mehr Zeile",
            start="Mon 2 Mar 2026, 10:00",
            end="11:30 (Europe/Berlin)",
            location="Room 7",
            organizer="Office, Main <office@contoso.example>",
        ),
    )


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("DTSTART:20260302T100000Z", "Mon 2 Mar 2026, 10:00 (UTC)", ""),
        ("DTSTART:20260302T100000", "Mon 2 Mar 2026, 10:00", ""),
        ("DTSTART;VALUE=DATE:20260302", "Mon 2 Mar 2026", ""),
        ("DTSTART:soon", "soon", ""),
        ("DTSTART:20261399", "20261399", ""),
        ("DURATION:PT1H30M", "", "after 1 hour, 30 minutes"),
        ("DURATION:P1DT2H", "", "after 1 day, 2 hours"),
        ("DURATION:nonsense", "", ""),
    ],
)
def test_times(line: str, start: str, end: str) -> None:
    (event,) = invitation.read(f"BEGIN:VEVENT\n{line}\nEND:VEVENT")
    assert (event.start, event.end) == (start, end)


def test_controls_are_shown() -> None:
    (event,) = invitation.read("BEGIN:VEVENT\nSUMMARY:a\x1b[2Jb\u202e\nEND:VEVENT")
    assert event.summary == "a␛[2Jb‹RLO›"


@given(
    st.text(),
    st.lists(st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "BEGIN:X", "END:X", 'DTSTART;X="a:b":1', "\n"])),
)
def test_never_raises(text: str, lines: list[str]) -> None:
    invitation.read(text)
    invitation.read("\n".join(lines))
    invitation.read(f"BEGIN:VEVENT\nDTSTART{text}\nDURATION:P{text}\nEND:VEVENT")


def test_a_meeting_over_midnight_says_both_days() -> None:
    lines = "BEGIN:VEVENT\nDTSTART:20260302T230000Z\nDTEND:20260303T010000Z\nEND:VEVENT"
    (event,) = invitation.read(lines)
    assert (event.start, event.end) == ("Mon 2 Mar 2026, 23:00", "Tue 3 Mar 2026, 01:00 (UTC)")
