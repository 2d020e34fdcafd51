"""An account removed while its mail is on its way: what it had begun ends, and all others' mail goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.rig import until
from tests.servers.scripted import SMTP_GREETING, Act, Scripted, rule, smtp
from tests.servers.smtp_sink import SmtpSink
from tests.sync.outboxes import FIRST, SECOND, SENT, account_at, queued, sending, state
from tui.model.command import RemoveAccount
from tui.model.event import Event, Problem

WORDS = {
    "EHLO": (b"EHLO", b"250-hello\r\n250 HELP\r\n"),
    "MAIL": (b"MAIL", b"250 ok\r\n"),
    "RCPT": (b"RCPT", b"250 ok\r\n"),
    "refused": (b"RCPT", b"550 5.1.1 nobody\r\n"),
    "later": (b"RCPT", b"451 4.3.0 later\r\n"),
    "DATA": (b"DATA", b"354 go\r\n"),
    "dot": (b".\r\n", b"250 taken\r\n"),
    "refused dot": (b".\r\n", b"554 5.6.0 no\r\n"),
}


@pytest.mark.parametrize(("word", "answer"), WORDS.values(), ids=WORDS)
def test_the_mail_of_others_leaves_all_the_same(
    tmp_path: Path, plain_sink: SmtpSink, word: bytes, answer: bytes
) -> None:
    told: list[Event] = []
    pattern = b"^" + word.replace(b".", rb"\.") if word == b".\r\n" else b"^(?i:" + word + b")"
    with Scripted(SMTP_GREETING, smtp(rule(pattern, (Act.PAUSE, answer)))) as server:
        accounts = account_at(server.server()), account_at(plain_sink.server, SECOND)
        with sending(tmp_path, *accounts) as rig:
            rig.engine.listen(told.append)
            queued(rig, 1)
            until(lambda: any(line.upper().startswith(word) for line in server.lines))
            rig.ask(RemoveAccount(FIRST, keep_mail=False))
            until(lambda: f"send:{FIRST}" not in {one.name for one in threading.enumerate()})
            other = queued(rig, 2, SECOND)
            until(lambda: state(rig, other) is SENT, 5)
    problems = [one.what for one in told if isinstance(one, Problem)]
    assert not any("Sending" in one or "mail store" in one for one in problems)
