from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.ui import attacks
from tests.ui.memory import NOW, row
from tui.model.content import Attachment, Content, Invitation, Line, Link, Span, Style
from tui.model.message import Address, Envelope, Flag
from tui.ui.widgets.reading_drawing import TONES, Drawn, Folds, Page, draw, trust

PLAIN = Folds()


def content(*lines: Line, **changes: object) -> Content:
    given: dict[str, object] = {"envelope": Envelope(), "text": "", "html": "", "paragraphs": lines} | changes
    return Content(**given)  # type: ignore[arg-type]


def words(*texts: str, quote: int = 0) -> list[Line]:
    return [Line((Span(text),), quote) for text in texts]


def shown(lines: list[Drawn]) -> str:
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def page(found: Content | None = None, **changes: object) -> Page:
    return Page(row(1, **changes), found)


def test_the_head_says_who_what_and_when() -> None:
    text = shown(draw(page(content(*words("Hello.")), flags=Flag.SEEN | Flag.FLAGGED), 80, PLAIN, NOW))
    for part in (
        "Message 1",
        "Billing  billing@contoso.example",
        "To you@example.org",
        "Inbox · flagged",
        "Hello.",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ({"uidl": "u1", "uid": 0, "on_server": True}, "· still on the server"),
        ({"uidl": "u1", "uid": 0, "on_server": False}, "· no longer on the server"),
        ({"uidl": "u1", "uid": 5, "on_server": True}, ""),
        ({"uidl": "", "uid": 5, "on_server": True}, ""),
    ],
)
def test_the_head_says_whether_pop3_mail_is_still_on_the_server(place: dict[str, object], said: str) -> None:
    text = shown(draw(page(content(), **place), 80, PLAIN, NOW))
    assert said in text and ("the server" in text) is bool(said)


def test_who_writes_for_the_first_time_is_marked_quietly() -> None:
    met = page(content(*words("Hello.")))
    assert "First mail" not in shown(draw(met, 80, PLAIN, NOW))
    lines = draw(replace(met, stranger=True), 80, PLAIN, NOW)
    assert "◇ First mail from this address" in shown(lines)
    assert {piece.tone for line in lines for piece in line if "◇" in piece.text} == {"dim"}
    assert "First mail" not in shown(draw(page(None), 80, PLAIN, NOW))


def test_many_recipients_are_folded() -> None:
    people = tuple(Address(f"Team {number}", f"team{number}@example.org") for number in range(30))
    folded = shown(draw(page(content(), to=people), 60, PLAIN, NOW))
    assert "more" in folded
    assert "team29@example.org" not in folded
    unfolded = shown(draw(page(content(), to=people), 60, Folds(people=True), NOW))
    assert "Team 29 <team29@example.org>" in unfolded


def test_quotes_are_folded_after_their_first_lines() -> None:
    found = content(
        *words("Yes."), *words(*(f"line {number}" for number in range(20)), quote=1), *words("End.")
    )
    folded = shown(draw(page(found), 80, PLAIN, NOW))
    assert "│ line 2" in folded
    assert "line 3" not in folded
    assert "… 17 more quoted lines · z shows" in folded
    assert "line 19" in shown(draw(page(found), 80, Folds(quotes=True), NOW))


def test_links_are_numbered() -> None:
    found = content(
        Line(
            (
                Span("see "),
                Span("here", link=1),
                Span(" and "),
                Span("the", link=2),
                Span("re", Style.BOLD, 2),
            )
        ),
        links=(Link("here", "https://a.example"), Link("there", "https://b.example")),
    )
    lines = draw(page(found), 80, PLAIN, NOW)
    assert "see here[1] and there[2]" in shown(lines)
    targets = {piece.target for line in lines for piece in line}
    assert {"link:1", "link:2"} <= targets


def test_attachments_pictures_headers_and_invitations_have_their_place() -> None:
    found = content(
        *words("Hello."),
        attachments=(
            Attachment(2, "plan.pdf", "application/pdf", 24_000, "", "attachment", ""),
            Attachment(3, "", "text/calendar", 600, "", "", ""),
        ),
        invitations=(
            Invitation("REQUEST", "Workshop", "2026-12-01 10:00", "11:30", "Room 3", "rooms@contoso.example"),
        ),
        remote_images=7,
        headers=(("X-Odd", "yes"),),
    )
    text = shown(draw(page(found), 80, Folds(headers=True), NOW))
    for part in (
        "plan.pdf  application/pdf · 24 KB",
        "7 remote pictures not loaded",
        "X-Odd: yes",
        "Invitation",
        "Room 3",
    ):
        assert part in text
    assert "without a name" not in text
    assert "X-Odd" not in shown(draw(page(found), 80, PLAIN, NOW))


def test_a_message_without_its_body_says_why() -> None:
    assert "Fetching this message…" in shown(draw(page(), 80, PLAIN, NOW))
    why = "The server is gone. Look whether this computer is in a network, and try it again in a while."
    lines = shown(draw(Page(row(1), None, why), 40, PLAIN, NOW))
    assert why in " ".join(lines.split())
    assert max(map(cell_len, lines.splitlines())) <= 40


@pytest.mark.parametrize(
    ("auth", "tone"),
    [
        ({"dmarc": "pass"}, "good"),
        ({"dmarc": "fail", "spf": "pass"}, "warn"),
        ({"spf": "softfail"}, "warn"),
        (None, ""),
    ],
)
def test_trust(auth: dict[str, str] | None, tone: str) -> None:
    found = trust(row(1), content(auth=auth))
    assert [one for _, one in found] == ([tone] if tone else [])
    assert all("contoso.example" in sentence for sentence, _ in found)


def test_the_real_address_comes_before_what_the_sender_calls_itself() -> None:
    trap = page(content(), sender=(Address("security@contoso.example", "x@evil.example"),))
    lines = shown(draw(trap, 80, PLAIN, NOW)).splitlines()
    assert any(
        line.strip().startswith("x@evil.example  calls itself “security@contoso.example”") for line in lines
    )


@pytest.mark.parametrize("string", attacks.ALL)
@pytest.mark.parametrize("width", [30, 58, 120])
def test_whatever_a_mail_says_lines_are_clean_and_fit(string: str, width: int) -> None:
    from tui.mail.message import parse

    raw = b"\r\n".join(
        [
            b"From: x@y.example",
            b"Content-Type: text/plain; charset=utf-8",
            b"",
            string.encode("utf-8", "replace") * 3,
        ]
    )
    body = parse(raw)
    found = content(
        *body.paragraphs,
        *words("quoted", quote=9),
        attachments=(Attachment(2, string, string, 1, "", "", ""),),
        invitations=(Invitation(string, string, string, string, string, string),),
        warnings=(string,),
        headers=((string, string),),
        auth={"dmarc": "pass"},
    )
    people = (Address(string, string), Address(None, string))
    opened = page(found, subject=string, sender=people, to=people, cc=people, folder=string)
    for line in draw(opened, width, Folds(True, True, True), NOW):
        text = "".join(piece.text for piece in line)
        assert attacks.is_clean(text), repr(text)
        assert cell_len(text) <= width
        assert all(piece.tone in TONES for piece in line)
