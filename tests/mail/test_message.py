from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.mail import samples
from tui.mail import header, message, scan
from tui.model.content import Line
from tui.model.error import NotFound
from tui.model.safe_text import safe_text


def test_a_mail_of_everything() -> None:
    content = message.parse(samples.EVERYTHING)
    assert content.envelope.subject == "Rechnung für März"
    assert content.text == "Guten Tag,\n\nanbei die Rechnung.\n"
    assert "<p>Guten Tag" in content.html
    assert content.tree == {
        "multipart/mixed": [
            {"multipart/related": [{"multipart/alternative": ["text/plain", "text/html"]}, "image/png"]},
            "application/pdf",
            {"message/rfc822": ["text/plain"]},
        ]
    }
    logo, invoice, inner = content.attachments
    assert (logo.type, logo.content_id, logo.disposition) == ("image/png", "logo@contoso.example", "inline")
    assert (invoice.filename, invoice.size) == ("Rechnung März.pdf", 9)
    assert invoice.sha256 == hashlib.sha256(b"%PDF-1.7\n").hexdigest()
    assert message.part(samples.EVERYTHING, invoice.part) == b"%PDF-1.7\n"
    assert message.part(samples.EVERYTHING, inner.part).startswith(b"Subject: inner")
    assert content.auth == {"spf": "pass", "dkim": "fail", "dmarc": "none"}
    assert [link.url for link in content.links] == ["https://contoso.example/pay"]
    assert content.remote_images == 1
    assert content.headers[0][0] == "Authentication-Results"


def test_html_alone_is_rendered() -> None:
    content = message.parse(
        b"Content-Type: text/html; charset=utf-8\n\n<h1>Gr\xc3\xbc\xc3\x9fe</h1><p>zwei</p>"
    )
    assert content.text == "Grüße\n\nzwei"
    assert content.html.startswith("<h1>Grüße")


def test_an_empty_plain_part_gives_way_to_the_html() -> None:
    content = message.parse(samples.alternative("  \n", "<p>words</p>"))
    assert content.text == "words"


def test_html_says_its_charset_itself() -> None:
    raw = b'Content-Type: text/html\n\n<meta charset="iso-8859-2"><p>\xb1</p>'
    assert message.parse(raw).text == "ą"


def test_parts_in_order_each_rendered_on_its_own() -> None:
    content = message.parse(
        b"Content-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m\nContent-Type: text/html\n\n<b>two\n"
        b"--m\nContent-Type: text/plain; charset=iso-8859-1\n\nthr\xe9\xe9\n--m--"
    )
    assert content.text == "one\ntwo\nthréé"
    assert [line.text for line in content.paragraphs] == ["one", "", "two", "", "thréé"]
    assert content.paragraphs[-1].spans[0].style == 0


def test_flowed_text_is_joined_in_the_pane() -> None:
    content = message.parse(b"Content-Type: text/plain; format=flowed\n\none \ntwo\n")
    assert [line.text for line in content.paragraphs] == ["one two"]


def test_a_message_of_another_kind_of_text_is_shown() -> None:
    content = message.parse(b"Content-Type: text/markdown\n\n# words\n")
    assert content.text == "# words\n"
    assert len(content.attachments) == 1
    assert message.parse(b"Content-Type: text/x\nContent-Disposition: attachment\n\nx").text == ""


def test_an_encrypted_mail_is_shown_as_what_it_is() -> None:
    content = message.parse(
        b"Content-Type: multipart/encrypted; boundary=m\n\n"
        b"--m\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--m\nContent-Type: application/octet-stream; name=encrypted.asc\n\nx\n--m--"
    )
    assert content.text == ""
    assert [attachment.type for attachment in content.attachments] == [
        "application/pgp-encrypted",
        "application/octet-stream",
    ]


def test_a_picture_in_the_text_can_be_saved_though_it_is_no_attachment() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=m\n\n--m\n\nsee:\n"
    raw += b"--m\nContent-Type: image/png\n\nPNG\n--m--"
    content = message.parse(raw)
    assert content.attachments == ()
    assert message.part(raw, content.pictures[0].part) == b"PNG"


def test_an_unknown_part_is_not_found() -> None:
    with pytest.raises(NotFound):
        message.part(b"x", 7)


def test_links_of_html_that_is_not_shown_are_judged_too() -> None:
    html = '<a href="https://evil.example/">https://bank.example/</a>'
    content = message.parse(samples.alternative("see https://bank.example/", html))
    assert [bool(link.warning) for link in content.links] == [False, True]


def test_safe_links_are_mentioned() -> None:
    html = '<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F">x</a>'
    content = message.parse(b"Content-Type: text/html\n\n" + html.encode())
    assert content.links[0].url == "https://a.example/"
    assert any("Safe Links" in sentence for sentence in content.warnings)


def test_an_invitation() -> None:
    content = message.parse(samples.INVITATION)
    assert [event.summary for event in content.invitations] == ["Budget meeting"]
    assert content.text == "You are invited.\n"


def test_paragraphs_and_links_are_safe() -> None:
    content = message.parse(
        samples.alternative("", "<a href='http://x.example/\u202e'>a&#27;[2J\u202e\u200bb\x9b</a>")
    )
    for line in content.paragraphs:
        assert line.text == safe_text(line.text)
    assert content.links[0].url == "http://x.example/‹RLO›"


def test_markup_stays_text() -> None:
    attack = "[@click=app.quit]x[/]"
    content = message.parse(f"Subject: {attack}\n\n{attack}".encode())
    assert content.envelope.subject == attack
    assert content.paragraphs == (Line(content.paragraphs[0].spans),)
    assert content.paragraphs[0].text == attack


def check(raw: bytes) -> None:
    content = message.parse(raw)
    assert content.envelope == header.envelope(raw)
    scan.scan(raw)
    for attachment in (*content.attachments, *content.pictures):
        assert len(message.part(raw, attachment.part)) == attachment.size
    shown = [
        content.text,
        content.html,
        content.tree,
        content.warnings,
        content.envelope.subject,
        content.auth,
    ]
    shown += [
        [item.filename for item in content.attachments],
        [link.url for link in content.links],
        content.headers,
    ]
    json.dumps(shown, ensure_ascii=False).encode("utf-8")
    for line in content.paragraphs:
        assert all(span.link <= len(content.links) for span in line.spans)


@given(st.binary())
def test_any_bytes_are_a_message(raw: bytes) -> None:
    check(raw)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(samples.ALL)))
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(("insert", "delete", "repeat", "byte")))
        if kind == "insert":
            raw[at:at] = draw(st.sampled_from(samples.PIECES))
        elif kind == "delete":
            del raw[at : at + draw(st.integers(1, 60))]
        elif kind == "repeat":
            start = draw(st.integers(0, len(raw)))
            raw[at:at] = raw[start : start + draw(st.integers(1, 300))]
        else:
            raw[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(raw)


@given(mutated())
def test_a_damaged_message_is_still_a_message(raw: bytes) -> None:
    check(raw)
