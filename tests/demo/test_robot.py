from __future__ import annotations

import email
from datetime import UTC, datetime
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from tui.demo import robot

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def test_a_robot_knows_its_owner_in_any_case() -> None:
    assert robot.sorted_out(["You@x.example", "a@b.example"], "you@X.example") == (True, ("a@b.example",))
    assert robot.sorted_out(["a@b.example"], "you@x.example") == (False, ("a@b.example",))


def test_a_long_letter_is_not_quoted_whole() -> None:
    raw = b"Subject: Re: x\r\n\r\n" + b"line\r\n" * 500
    (answer,) = robot.answers(raw, "you@x.example", ["a@b.example"], NOW, 1)
    text = email.message_from_bytes(answer, policy=default).get_content()
    assert text.count("> line") < 100
    assert "> […]" in text
    assert b"Subject: Re: x\r\n" in answer


def test_an_encoded_subject_goes_back_as_it_came() -> None:
    raw = b"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\n\r\n"
    (answer,) = robot.answers(raw, "you@x.example", ["a@b.example"], NOW, 1)
    assert b"Subject: Re: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\n" in answer


@given(
    st.binary(max_size=2000), st.lists(st.sampled_from(["a@b.example", "bounce@b.example", "ü@ö.example"]))
)
def test_every_letter_gets_its_answers_whatever_it_is(raw: bytes, recipients: list[str]) -> None:
    answers = list(robot.answers(raw, "you@x.example", recipients, NOW, 1))
    bounced = recipients.count("bounce@b.example")
    assert len(answers) == bounced + (len(recipients) > bounced)


@given(st.text(), st.text(), st.sampled_from(["utf-8", "no-such-charset", "koi8-r"]))
def test_every_answer_is_a_message(subject: str, body: str, charset: str) -> None:
    raw = f"Subject: {subject}\r\nContent-Type: text/plain; charset={charset}\r\n\r\n{body}".encode(
        "utf-8", "replace"
    )
    (answer,) = robot.answers(raw, "you@x.example", ["a@b.example"], NOW, 1)
    header, blank, _ = answer.partition(b"\r\n\r\n")
    assert blank
    assert all(line.partition(b":")[1] or line[:1] in b" \t" for line in header.split(b"\r\n"))
