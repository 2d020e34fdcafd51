"""Every word of a dialogue met by every kind of answer: the mail comes to rest where it should."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.rig import until
from tests.servers.scripted import SMTP_GREETING, Act, Answer, Endless, Scripted, rule, smtp
from tests.sync.outboxes import FAILED, QUEUED, SENT, UNSURE, account_at, queued, row, sending, state
from tui.model.command import GoOffline, SendNow
from tui.model.draft import SendState

WORDS: dict[str, bytes] = {
    "greeting": b"",
    "EHLO": rb"^(?i:EHLO)",
    "sign-in": rb"^[A-Za-z0-9+/=]{8,}\r\n$",
    "MAIL": rb"^MAIL",
    "RCPT": rb"^RCPT",
    "DATA": rb"^DATA",
    "dot": rb"^\.\r\n",
}
ANSWERS: dict[str, tuple[Answer, SendState, SendState]] = {
    # what the server says; the mail's state then, and after the final dot
    "421": ((b"421 4.3.2 closing\r\n", Act.CLOSE), QUEUED, QUEUED),
    "450": (b"450 4.2.0 later\r\n", QUEUED, QUEUED),
    "451": (b"451 4.3.0 local error\r\n", QUEUED, QUEUED),
    "550": (b"550 5.7.1 no\r\n", FAILED, FAILED),
    "554 of two lines": (b"554-5.0.0 no\r\n554 5.0.0 never\r\n", FAILED, FAILED),
    "cut": (Act.CLOSE, QUEUED, UNSURE),
    "half a line": ((b"25", Act.CLOSE), QUEUED, UNSURE),
    "half a reply": ((b"250-and\r\n", Act.CLOSE), QUEUED, UNSURE),
    "no protocol": (b"what?\r\n", QUEUED, UNSURE),
    "an odd number": (b"999 no\r\n", QUEUED, UNSURE),
    "silence": (Act.STALL, QUEUED, UNSURE),
    "octets": (Endless(b"2", pause=0.1), QUEUED, UNSURE),
}
GRID = [(word, said) for word in WORDS for said in ANSWERS]


def test_another_positive_answer_to_the_dot_is_no_no(tmp_path: Path) -> None:
    """Who says 354 once more is out of step: it may have taken the mail."""
    with (
        Scripted(SMTP_GREETING, smtp(rule(rb"^\.\r\n", b"354 go on\r\n"))) as server,
        sending(tmp_path, account_at(server.server()), watch=False) as rig,
    ):
        number = queued(rig, 1)
        rig.ask(SendNow((number,)))
        assert state(rig, number) is UNSURE


@pytest.mark.parametrize(("word", "said"), GRID, ids=[f"{word}: {said}" for word, said in GRID])
def test_each_answer_to_each_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, said: str
) -> None:
    for name in ("link.READ_TIMEOUT", "link.CONNECT_TIMEOUT", "smtp.READ_TIMEOUT", "smtp_wire.Wire.patience"):
        monkeypatch.setattr(f"tui.net.{name}", 0.4)
    monkeypatch.setattr("tui.net.smtp.FINAL_REPLY_TIMEOUT", 0.4)
    answer, before, after = ANSWERS[said]
    rules = smtp(rule(WORDS[word], answer)) if WORDS[word] else smtp()
    with (
        Scripted(SMTP_GREETING if WORDS[word] else answer, rules) as server,
        sending(tmp_path, account_at(server.server(), username="you"), watch=False) as rig,
    ):
        number = queued(rig, 1)
        rig.ask(SendNow((number,)))
        found = row(rig, number)
        dots = server.lines.count(b".\r\n")
    expected = after if word == "dot" else before
    if word == "sign-in" and expected is FAILED:
        expected = QUEUED  # it is the person who has to do something, and then it leaves
    assert found.state is expected
    assert found.last_error and found.explanation
    assert dots == (word == "dot")


def test_the_final_reply_may_take_longer_than_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5321 4.5.3.2.6: ten minutes; who gives up sooner sends twice."""
    for name in ("link.READ_TIMEOUT", "smtp.READ_TIMEOUT", "smtp_wire.Wire.patience"):
        monkeypatch.setattr(f"tui.net.{name}", 0.2)
    monkeypatch.setattr("tui.net.smtp.FINAL_REPLY_TIMEOUT", 5.0)
    slowly = rule(rb"^\.\r\n", (Act.PAUSE, b"250 taken\r\n"))
    with (
        Scripted(SMTP_GREETING, smtp(slowly)) as server,
        sending(tmp_path, account_at(server.server()), watch=False) as rig,
    ):
        number = queued(rig, 1)
        began = time.monotonic()
        rig.ask(SendNow((number,)))
        assert time.monotonic() - began > 0.9
        assert state(rig, number) is SENT


def test_a_server_that_wants_nothing_of_us_is_asked_once(tmp_path: Path) -> None:
    with (
        Scripted((b"554 5.3.2 no SMTP service here\r\n", Act.CLOSE), []) as server,
        sending(tmp_path, account_at(server.server())) as rig,
    ):
        rig.ask(GoOffline(True))
        numbers = [queued(rig, one) for one in range(20)]
        rig.ask(GoOffline(False))
        until(lambda: all(state(rig, one) is FAILED for one in numbers))
        assert server.connections == 1
        assert all("no SMTP service" in row(rig, one).last_error for one in numbers)
