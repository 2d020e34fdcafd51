from __future__ import annotations

import email
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import cache

import pytest

from tui.demo import mailbox
from tui.model.message import Flag

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=1)))


@cache
def _parsed() -> tuple[EmailMessage, ...]:
    return tuple(email.message_from_bytes(letter.raw, policy=default) for letter in mailbox.letters(NOW))


def _with_subject(beginning: str) -> EmailMessage:
    (found,) = [message for message in _parsed() if str(message["Subject"]).startswith(beginning)]
    return found


def test_the_same_now_gives_the_same_bytes() -> None:
    assert mailbox.letters(NOW) == mailbox.letters(NOW)
    assert mailbox.letters(NOW) != mailbox.letters(NOW + timedelta(days=1))


def test_every_message_is_well_formed() -> None:
    for letter in mailbox.letters(NOW):
        bare = letter.raw.replace(b"\r\n", b"")
        assert b"\r" not in bare
        assert b"\n" not in bare
        assert letter.raw.endswith(b"\r\n")
        assert max(len(line) for line in letter.raw.split(b"\r\n")) <= 998
    for message in _parsed():
        assert [part.defects for part in message.walk() if part.defects] == []
        for name in ("From", "Date", "Message-ID"):
            assert len(message.get_all(name, [])) == 1


def test_message_ids_are_unique_and_references_lead_somewhere() -> None:
    ids = Counter(message["Message-ID"] for message in _parsed())
    assert max(ids.values()) == 1
    for message in _parsed():
        for reference in str(message.get("References", "")).split():
            assert reference in ids


def test_there_are_real_conversations() -> None:
    roots: Counter[str] = Counter()
    for message in _parsed():
        chain = [*str(message.get("References", "")).split(), message["Message-ID"]]
        roots[chain[0]] += 1
    assert sorted(size for size in roots.values() if size >= 3) == [3, 3, 4, 5, 5, 7]


def test_the_folders_hold_what_they_should() -> None:
    letters = mailbox.letters(NOW)
    folders = Counter(letter.folder for letter in letters)
    assert 45 <= len(letters) <= 70
    assert set(folders) <= {"INBOX", *mailbox.FOLDERS}
    assert folders["INBOX"] >= 30
    assert all(b"From: You <you@outlook-demo.example>" in x.raw for x in letters if x.folder == "Sent Items")
    assert [letter.folder for letter in letters if Flag.DRAFT in letter.flags] == ["Drafts"]
    assert any(letter.flags == Flag(0) for letter in letters if letter.folder == "INBOX")


@pytest.mark.parametrize("hour", [0, 3, 12, 23])
def test_dates_show_every_age_whatever_the_hour(hour: int) -> None:
    now = NOW.replace(hour=hour, minute=1)
    letters = mailbox.letters(now)
    for letter in letters:
        assert letter.received <= now
        message = email.message_from_bytes(letter.raw)
        assert abs(parsedate_to_datetime(message["Date"]) - letter.received) < timedelta(minutes=1)
    inbox = [letter for letter in letters if letter.folder == "INBOX"]
    assert inbox[-1].received > now - timedelta(minutes=10)
    ages = {min((now.date() - letter.received.date()).days, 8) for letter in letters}
    assert {1, 2, 3, 5, 8} <= ages


def test_the_scripts_of_the_world_survive_their_charsets() -> None:
    charsets = {part.get_content_charset() for message in _parsed() for part in message.walk()}
    expected = {
        "iso-2022-jp",
        "koi8-r",
        "gb18030",
        "windows-1255",
        "iso-8859-7",
        "iso-8859-1",
        "windows-1252",
    }
    assert expected | {"utf-8", "us-ascii"} <= charsets
    subjects = [str(message["Subject"]) for message in _parsed()]
    assert "ご予約の資料の用意ができました" in subjects
    assert "Первый снег на выходных" in subjects
    assert "您的订单已发货：龙井茶 250 克" in subjects
    assert "灯台" in _with_subject("ご予約").get_content()
    assert "снег" in _with_subject("Первый").get_content()
    assert "龙井" in _with_subject("您的").get_content()


def test_the_phishing_letter_shows_all_signs() -> None:
    letter = _with_subject("Action required")
    (sender,) = letter["From"].addresses
    assert "security@contoso.example" in sender.display_name
    assert sender.domain == "verify-session.example.net"
    assert letter["Reply-To"].addresses[0].domain != sender.domain
    assert "dmarc=fail" in letter["Authentication-Results"]
    assert (
        'example.net/login?next=mailbox&amp;id=6f2a">https://account.contoso.example' in letter.get_content()
    )


def test_the_attacks_are_really_in_the_bytes() -> None:
    raws = b"".join(letter.raw for letter in mailbox.letters(NOW))
    assert b"Subject: [@click=app.quit]Free tickets[/]" in raws
    assert b"Subject: \x1b]0;Your terminal is mine\x07" in raws


def test_the_invitation_is_for_next_tuesday() -> None:
    invitation = _with_subject("Invitation:")
    (calendar,) = [part for part in invitation.walk() if part.get_param("method") == "REQUEST"]
    text = calendar.get_content()
    assert "DTSTART:20261201T090000Z" in text
    assert "DTEND:20261201T103000Z" in text
    assert "Tuesday 1 December, 10:00" in invitation.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_every_kind_of_part_occurs() -> None:
    types = {part.get_content_type() for message in _parsed() for part in message.walk()}
    assert {
        "application/pdf", "text/csv", "image/png", "text/calendar", "message/rfc822", "text/html",
        "multipart/digest", "multipart/report", "multipart/related", "multipart/alternative",
    } <= types  # fmt: skip
    assert any(part.get_param("format") == "flowed" for message in _parsed() for part in message.walk())
    assert any(message["Subject"] == "" for message in _parsed())
    assert any(2_000_000 < len(letter.raw) < 3_500_000 for letter in mailbox.letters(NOW))


def test_no_placeholder_is_left() -> None:
    for message in _parsed():
        assert "{{" not in str(message["Subject"])
        for part in message.walk():
            if part.get_content_maintype() == "text":
                assert "{{" not in str(part.get_content())


def test_another_time_zone_changes_the_clock_only() -> None:
    there = mailbox.letters(NOW.astimezone(UTC))
    assert len(there) == len(mailbox.letters(NOW))
