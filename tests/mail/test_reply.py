from __future__ import annotations

import pytest

from tui.mail import message, reply
from tui.model.draft import Draft

OWN = ("you@example.org", "alias@example.org")
HEAD = """From: Support <support@contoso.example>
To: You <you@example.org>, team@example.org
Cc: boss@example.org, Alias@example.org
Subject: Order
Date: Mon, 02 Mar 2026 10:00:00 +0100
Message-ID: <m@contoso.example>
References: <a@x> <b@x>
"""


def answer(head: str = HEAD, body: str = "one\n> two\n", *, to_all: bool = False) -> Draft:
    content = message.parse(f"{head}\n{body}".encode())
    return reply.reply(content, account="you@example.org", own=OWN, to_all=to_all, original=7)


def test_an_answer_goes_to_the_sender() -> None:
    draft = answer()
    assert (draft.to, draft.cc, draft.subject) == ("Support <support@contoso.example>", "", "Re: Order")
    assert draft.body == (
        "\n\nOn 2026-03-02 at 10:00, Support <support@contoso.example> wrote:\n> one\n>> two\n"
    )
    assert (draft.in_reply_to, draft.references) == ("m@contoso.example", ("a@x", "b@x", "m@contoso.example"))
    assert (draft.original, draft.answers, draft.sender) == (7, "answered", "")


def test_an_answer_to_all_leaves_oneself_out() -> None:
    draft = answer(to_all=True)
    assert draft.to == "Support <support@contoso.example>, team@example.org"
    assert draft.cc == "boss@example.org"


def test_reply_to_and_mail_followup_to() -> None:
    head = HEAD + "Reply-To: list@lists.example\nMail-Followup-To: list@lists.example, you@example.org\n"
    assert answer(head).to == "list@lists.example"
    assert answer(head, to_all=True).to == "list@lists.example"
    assert answer(head, to_all=True).cc == ""


def test_an_answer_to_oneself_goes_to_the_recipients() -> None:
    head = "From: you@example.org\nTo: a@x.example\nCc: b@x.example\n"
    assert answer(head).to == "a@x.example"
    assert answer(head, to_all=True).cc == "b@x.example"
    assert answer("From: you@example.org\nTo: you@example.org\n").to == "you@example.org"


def test_the_answer_comes_from_the_address_it_was_sent_to() -> None:
    assert answer("From: a@x.example\nTo: alias@example.org\n").sender == "alias@example.org"
    assert answer("From: a@x.example\nTo: other@example.org\n").sender == ""


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Order", "Re: Order"),
        ("Re: Order", "Re: Order"),
        ("RE: AW: SV: Antw: Order", "Re: Order"),
        ("Re[3]: Order", "Re: Order"),
        ("Re (2): Order", "Re: Order"),
        ("回复：Order", "Re: Order"),
        ("Fwd: Order", "Re: Fwd: Order"),
        ("Regarding: Order", "Re: Regarding: Order"),
        ("", "Re:"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "Re: a  Bcc: x"),
    ],
)
def test_subjects_get_one_mark(subject: str, answered: str) -> None:
    assert answer(f"From: a@x.example\nSubject: {subject}\n").subject == answered


def test_references_without_any_and_with_too_many() -> None:
    assert answer("Message-ID: <m@x>\nIn-Reply-To: <p@x>\n").references == ("p@x", "m@x")
    many = "References: " + " ".join(f"<{n}@x>" for n in range(100)) + "\nMessage-ID: <m@x>\n"
    found = answer(many).references
    assert len(found) == 20
    assert (found[0], found[-1]) == ("0@x", "m@x")


def test_html_is_quoted_as_it_is_read_and_long_lines_are_wrapped() -> None:
    body = "<p>" + "word " * 40 + "</p><blockquote>old</blockquote>"
    draft = answer(HEAD + "Content-Type: text/html\n", body)
    lines = draft.body.splitlines()[3:]
    assert all(line.startswith(">") and len(line) <= 80 for line in lines)
    assert lines[-1] == ">> old"


def test_nothing_hostile_gets_into_a_draft() -> None:
    head = 'From: =?utf-8?q?a=0D=0ABcc:_x=1B[2J?= <a@x.example>\nTo: "x\u202e" <b@x.example>\n'
    draft = answer(head, "a\x1b]0;x\x07b\u202e", to_all=True)
    assert not any(char in draft.to + draft.cc + draft.body for char in "\r\x1b\x07\u202e")
    assert "\n" not in draft.to


def test_the_signature_stands_at_the_end() -> None:
    content = message.parse((HEAD + "\nx").encode())
    draft = reply.reply(content, account="you@example.org", own=OWN, signature="Your Desk\n")
    assert draft.body.endswith("\n-- \nYour Desk\n")


def test_forwarding_keeps_header_and_text() -> None:
    content = message.parse((HEAD + "\nthe text\n").encode())
    draft = reply.forward(content, account="you@example.org", own=OWN, original=7)
    assert (draft.to, draft.subject, draft.answers) == ("", "Fwd: Order", "forwarded")
    assert (
        "From: Support <support@contoso.example>\nDate: 2026-03-02 at 10:00\nSubject: Order\nTo:"
        in draft.body
    )
    assert draft.body.endswith("\nthe text\n")
    again = message.parse(b"Subject: WG: Fwd: Order\n\nx")
    assert reply.forward(again, account="you@example.org", own=OWN).subject == "Fwd: Order"


def test_a_draft_is_opened_again() -> None:
    raw = b"To: a@x.example\nBcc: s@x.example\nSubject: Half\nIn-Reply-To: <p@x>\n\nbody\n"
    draft = reply.edit(message.parse(raw), account="you@example.org", message=3)
    assert (draft.to, draft.bcc, draft.subject, draft.body) == (
        "a@x.example",
        "s@x.example",
        "Half",
        "body\n",
    )
    assert (draft.in_reply_to, draft.message) == ("p@x", 3)
