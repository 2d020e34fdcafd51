from __future__ import annotations

import pytest

from tui.mail import caution, header, message
from tui.model.content import Attachment


def notes(raw: str) -> list[str]:
    data = raw.encode() + b"\n\n"
    return caution.about_sender(header.envelope(data), header.fields(data))


@pytest.mark.parametrize(
    "raw",
    [
        "From: Billing <billing@contoso.example>",
        'From: "billing@contoso.example" <billing@contoso.example>',
        "From: a@news.contoso.example\nReply-To: b@contoso.example",
        "From: Büro <a@bücher.example>",
    ],
)
def test_ordinary_senders(raw: str) -> None:
    assert notes(raw) == []


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ('From: "ceo@bank.example" <x@evil.example>', "looks like another address (ceo@bank.example)"),
        ("From: a@x.example, b@y.example\nSender: c@z.example", "handed in by c@z.example"),
        ("From: a@x.example, b@y.example", "more than one sender: a@x.example, b@y.example"),
        ("From: a@x.example\nFrom: b@y.example", "2 From lines"),
        ("From: =?utf-8?q?a=00=0Ab?= <a@x.example>", "control characters"),
        ("Subject: x", "does not say who"),
        ("From: a@x.example\nReply-To: b@y.example", "another place than the sender: b@y.example"),
        ("From: a@аpple.example", "mixes alphabets"),
    ],
)
def test_odd_senders(raw: str, word: str) -> None:
    assert any(word in note for note in notes(raw)), notes(raw)


def attached(name: str) -> list[str]:
    return caution.about_attachments([Attachment(1, name, "application/pdf", 1, "", "attachment", "")])


@pytest.mark.parametrize("name", ["", "a.pdf", "photo.jpg", "archive.tar.gz", "exe", "run.exe.pdf"])
def test_ordinary_attachments(name: str) -> None:
    assert attached(name) == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("run.exe", "is a program"),
        ("invoice.pdf.exe", "pretends to be a pdf"),
        ("invoice.pdf .EXE ", "pretends to be a pdf"),
        ("invoice\u202efdp.exe", "writing direction"),
        ("x.desktop", "is a program"),
    ],
)
def test_odd_attachments(name: str, word: str) -> None:
    assert word in attached(name)[0]


def test_notes_reach_the_reader() -> None:
    raw = b'From: "a@bank.example" <x@evil.example>\nContent-Disposition: attachment; filename=x.pdf.exe\n\nx'
    assert len(message.parse(raw).warnings) == 2
