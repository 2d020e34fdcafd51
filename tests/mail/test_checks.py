from __future__ import annotations

from dataclasses import replace

import pytest

from tui.mail import checks
from tui.model.draft import Draft, DraftFile

FINE = Draft(account="you@example.org", to="a@x.example", subject="Hi", body="text")
FACTS = checks.Facts(
    own=("you@example.org",), known=("contoso.example",), size_limit=1_000_000, most_recipients=100
)
MANY = ", ".join(f"a{n}@x.example" for n in range(30))


def test_an_ordinary_mail_has_nothing_odd() -> None:
    assert checks.before_sending(FINE, FACTS) == []
    assert checks.before_sending(FINE, checks.Facts(own=("YOU@example.org",))) == []


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        (replace(FINE, subject=" "), "no subject"),
        (replace(FINE, body=" \n"), "empty"),
        (replace(FINE, body="see the attached file"), "attached"),
        (replace(FINE, body="Anbei die Datei"), "Anbei"),
        (replace(FINE, files=(DraftFile(1, "a.pdf", "application/pdf", 900_000),)), "1.2 MB"),
        (replace(FINE, to=MANY), "30 people will see"),
        (replace(FINE, to=MANY, answers="answered"), "answer goes to 30"),
        (replace(FINE, bcc=", ".join(f"b{n}@x.example" for n in range(120))), "at most 100"),
        (replace(FINE, to="a@gmial.com"), "gmail.com"),
        (replace(FINE, to="a@outlok.com"), "outlook.com"),
        (replace(FINE, to="a@contosso.example"), "contoso.example"),
        (replace(FINE, to="a@contоso.example"), "alphabets"),
        (replace(FINE, sender="boss@example.org"), "not one of your addresses"),
        (replace(FINE, files=(DraftFile(1, "a.exe", "x/y", 1),)), "a.exe is a program"),
    ],
)
def test_each_odd_thing_is_said_once(draft: Draft, word: str) -> None:
    sentences = checks.before_sending(draft, FACTS)
    assert len(sentences) == 1
    assert word in sentences[0]


@pytest.mark.parametrize(
    "body",
    ["> see the attached file", "text\n-- \nattachment desk", "---------- Forwarded message\nattached"],
)
def test_other_peoples_words_promise_no_file(body: str) -> None:
    assert checks.before_sending(replace(FINE, body=body), FACTS) == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("gmail.com", "gmial.com", True),
        ("gmail.com", "gmai.com", True),
        ("gmail.com", "gmaill.com", True),
        ("gmail.com", "gnail.com", True),
        ("gmail.com", "gmail.com", False),
        ("gmail.com", "gmx.com", False),
        ("a.de", "b.de", False),
    ],
)
def test_one_slip_of_the_finger(one: str, other: str, near: bool) -> None:
    assert checks.one_slip(one, other) is near
    assert checks.one_slip(other, one) is near
