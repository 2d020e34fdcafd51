"""Several accounts and many mails: nobody waits for another's server, and no server is stormed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.rig import until
from tests.servers.scripted import POP3_GREETING, SMTP_GREETING, Act, Answer, Rule, Scripted, pop3, rule, smtp
from tests.servers.smtp_sink import SmtpSink
from tests.sync.letters_in import letter
from tests.sync.outboxes import (
    FAILED,
    FIRST,
    QUEUED,
    SECOND,
    SENT,
    UNSURE,
    account_at,
    knowing,
    queued,
    row,
    senders,
    sending,
    state,
)
from tui.model.account import Protocol
from tui.model.command import Fetch, GoOffline, SendNow, Stop
from tui.model.draft import SendState
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.context import Context
from tui.sync.outbox import Outbox


def scripted(*rules: Rule, greeting: Answer = SMTP_GREETING) -> Scripted:
    return Scripted(greeting, smtp(*rules))


def test_a_server_that_keeps_its_answer_back_holds_up_no_other_account(
    tmp_path: Path, plain_sink: SmtpSink
) -> None:
    """RFC 5321 4.5.3.2.6 has us wait for ten minutes; quitting breaks that off, and nobody knows."""
    with scripted(rule(rb"^\.\r\n", Act.STALL)) as silent:
        with sending(tmp_path, account_at(silent.server()), account_at(plain_sink.server, SECOND)) as rig:
            held_up, behind = queued(rig, 1), queued(rig, 2)
            assert silent.heard(b".\r\n")
            began = time.monotonic()
            others = [queued(rig, number, SECOND) for number in range(3, 6)]
            until(lambda: all(state(rig, one) is SENT for one in others), 2.0)
            assert time.monotonic() - began < 2.0
            assert state(rig, held_up) is SendState.DOT_SENT
            assert state(rig, behind) is QUEUED
            began = time.monotonic()
            assert rig.engine.close(2.0)
            assert time.monotonic() - began < 1.0
            assert (state(rig, held_up), state(rig, behind)) == (UNSURE, QUEUED)
        assert silent.connections == 1
        assert silent.lines.count(b".\r\n") == 1
    assert [mail.raw for mail in plain_sink.received] == [letter(number) for number in range(3, 6)]


def test_the_mail_of_an_account_shares_a_connection_and_its_thread_ends(tmp_path: Path) -> None:
    with scripted() as server, sending(tmp_path, account_at(server.server())) as rig:
        rig.ask(GoOffline(True))
        numbers = [queued(rig, number) for number in range(20)]
        assert not senders(), "nothing is begun while the person works offline"
        rig.ask(GoOffline(False))
        until(lambda: all(state(rig, one) is SENT for one in numbers))
        assert server.connections == 1
        until(lambda: not senders())
        late = queued(rig, 21)
        until(lambda: state(rig, late) is SENT)
        until(lambda: not senders())
        assert server.connections == 2


FAULTS: list[tuple[str, Answer, tuple[Rule, ...]]] = [
    ("hangs up", Act.CLOSE, ()),
    ("closes", b"421 4.3.2 Service not active\r\n", ()),
    ("no SMTP", b"SSH-2.0-x\r\n", ()),
    ("no EHLO", SMTP_GREETING, (rule(rb"^(?i:EHLO)", Act.CLOSE),)),
    ("too many", SMTP_GREETING, (rule(rb"^AUTH", b"432 4.3.2 Concurrent connections limit exceeded\r\n"),)),
    ("sign-in", SMTP_GREETING, (rule(rb"^AUTH", b"535 5.7.8 no\r\n"),)),
    ("busy", SMTP_GREETING, (rule(rb"^MAIL", b"451 4.7.500 Server busy\r\n"),)),
    ("leaves", SMTP_GREETING, (rule(rb"^RCPT", (b"421 4.7.0 bye\r\n", Act.CLOSE)),)),
    ("cut", SMTP_GREETING, (rule(rb"^DATA", Act.CLOSE),)),
    ("cut at the dot", SMTP_GREETING, (rule(rb"^\.\r\n", Act.CLOSE),)),
]


@pytest.mark.parametrize(("greeting", "rules"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_a_fault_of_the_server_or_the_line_is_met_once_for_all_mail(
    tmp_path: Path, greeting: Answer, rules: tuple[Rule, ...]
) -> None:
    """Fifty mails are no fifty connections: Exchange locks out who comes so often."""
    with scripted(*rules, greeting=greeting) as server:
        account = account_at(server.server(), username="you")
        with sending(tmp_path, account) as rig:
            rig.ask(GoOffline(True))
            numbers = [queued(rig, number) for number in range(50)]
            rig.ask(GoOffline(False))
            until(lambda: any(row(rig, one).last_error for one in numbers))
            until(lambda: not senders())
            time.sleep(0.3)
            assert server.connections == 1
            rows = [row(rig, one) for one in numbers]
        assert {one.state for one in rows[1:]} == {QUEUED}
        assert sum(one.attempts for one in rows) <= 1, "what was not tried has been tried no more often"
        assert all(one.due <= time.time() + 61 for one in rows)


def test_what_is_about_one_mail_holds_up_no_other(tmp_path: Path) -> None:
    refused_then_taken = b"550 5.7.60 no\r\n", b"250 ok\r\n"
    rules = rule(rb"^MAIL", *refused_then_taken)
    with scripted(rules) as server, sending(tmp_path, account_at(server.server())) as rig:
        rig.ask(GoOffline(True))
        numbers = [queued(rig, number) for number in range(4)]
        rig.ask(GoOffline(False))
        until(lambda: all(state(rig, one) in (SENT, FAILED) for one in numbers))
        assert [state(rig, one) for one in numbers] == [FAILED, SENT, SENT, SENT]


@pytest.mark.parametrize(
    "at", [rb"^MAIL", rb"^\.\r\n", rb"^[A-Za-z0-9+/=]{8,}\r\n$"], ids=["MAIL", "dot", "sign-in"]
)
def test_the_time_that_a_server_names_is_kept(tmp_path: Path, at: bytes) -> None:
    said = b"451 4.7.500 Server busy. Suggested Backoff Time: 900000 milliseconds\r\n"
    with (
        scripted(rule(at, said)) as server,
        sending(tmp_path, account_at(server.server(), username="you"), watch=False) as rig,
    ):
        number = queued(rig, 1)
        rig.ask(SendNow((number,)))
        found = row(rig, number)
    assert found.state is QUEUED
    assert found.due >= time.time() + 890


def test_tries_are_made_1_5_15_and_60_minutes_apart(tmp_path: Path) -> None:
    with (
        scripted(rule(rb"^MAIL", b"451 4.3.0 later\r\n")) as server,
        sending(tmp_path, account_at(server.server()), watch=False) as rig,
    ):
        number = queued(rig, 1)
        minutes = []
        for _ in range(5):
            with Writer(rig.paths.database) as writer:
                writer.outbox_note(number, due=int(time.time()))
            rig.ask(SendNow((number,)))
            found = row(rig, number)
            assert found.state is QUEUED
            minutes.append(round((found.due - time.time()) / 60))
    assert minutes == [1, 5, 15, 60, 120]
    assert found.attempts == 5 and "later" in found.last_error


def test_a_connection_that_slept_is_not_trusted_and_the_mail_goes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall clock alone goes on while a computer sleeps."""
    asleep = [0.0]
    woken = SimpleNamespace(time=lambda: time.time() + asleep[0])
    monkeypatch.setattr("tui.sync.sender.time", woken)
    with scripted() as server, sending(tmp_path, account_at(server.server())) as rig:
        rig.ask(GoOffline(True))
        numbers = [queued(rig, number) for number in range(3)]

        def sleep_between(*_event: object) -> None:
            asleep[0] += 3600.0

        rig.engine.listen(sleep_between)
        rig.ask(GoOffline(False))
        until(lambda: all(state(rig, one) is SENT for one in numbers))
        assert server.connections == 3
        assert server.lines.count(b".\r\n") == 3


def test_two_outboxes_over_one_store_never_send_a_mail_twice(tmp_path: Path) -> None:
    """As two processes would that both believe to lead: each mail is taken by compare-and-set."""
    with scripted() as server, sending(tmp_path, account_at(server.server()), start=False) as rig:
        rig.engine.start(offline=True)
        numbers = [queued(rig, number) for number in range(30)]
        settings = rig.engine.settings
        contexts = [Context(rig.paths.database, settings, knowing(FIRST), Board()) for _ in range(2)]
        pair = [Outbox(one, lambda *_: None, watch=True) for one in contexts]
        for context, outbox in zip(contexts, pair, strict=True):
            context.offline.set()
            outbox.start()
        time.sleep(0.2)  # each has put right what it took for left by a crash
        for context, outbox in zip(contexts, pair, strict=True):
            context.offline.clear()
            outbox.nudge()
        until(lambda: all(state(rig, one) is SENT for one in numbers))
        for outbox in pair:
            assert outbox.close(2.0)
        ids = Counter(line for line in server.lines if line.startswith(b"Message-ID"))
        dots = server.lines.count(b".\r\n")
    assert set(ids.values()) == {1}
    assert len(ids) == dots == 30


def test_a_store_that_breaks_stops_all_sending_and_says_so_once(
    tmp_path: Path, plain_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.model.error import StoreBroken
    from tui.model.event import Problem

    def broken(*_given: object, **_fields: object) -> bool:
        raise StoreBroken("The disk is full.")

    told: list[object] = []
    accounts = account_at(plain_sink.server), account_at(plain_sink.server, SECOND)
    with sending(tmp_path, *accounts) as rig:
        rig.engine.listen(told.append)
        rig.ask(GoOffline(True))
        numbers = [queued(rig, 1), queued(rig, 2, SECOND)]
        monkeypatch.setattr(Writer, "outbox_state", broken)
        rig.ask(GoOffline(False))
        until(lambda: [one for one in told if isinstance(one, Problem)])
        until(lambda: not senders())
        assert [state(rig, one) for one in numbers] == [QUEUED] * 2
    assert [one.what for one in told if isinstance(one, Problem)] == ["The disk is full."]
    assert plain_sink.received == []


# Fetching beside sending


@pytest.mark.parametrize("watch", [True, False])
def test_a_silent_sending_server_keeps_no_mail_from_being_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watch: bool
) -> None:
    monkeypatch.setattr("tui.sync.crew.SENT_SOON", 0.5)
    silent = scripted(rule(rb"^\.\r\n", Act.STALL))
    with silent, Scripted(POP3_GREETING, pop3()) as incoming:
        account = replace(account_at(silent.server()), incoming=Protocol.POP3, pop3=incoming.server())
        with sending(tmp_path, account, watch=watch) as rig:
            number = queued(rig, 1)
            fetching = rig.engine.post(Fetch(FIRST))
            assert silent.heard(b".\r\n")
            until(lambda: len(rig.rows()) == 2, 5.0)
            assert state(rig, number) is SendState.DOT_SENT
            if not watch:  # the process would end with its command, and break the wait off
                assert not fetching.done()
                rig.ask(Stop())
            (summary,) = fetching.result(2.0)
            assert (summary.sent, summary.problems) == (0, ())
