"""What POP3 deletes on the server, and when: never before +OK to QUIT, never too early, never too much."""

from __future__ import annotations

import time
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.rig import RigMaker, account_on, bodies
from tests.servers.dovecot import Dovecot
from tests.sync.letters_in import letter
from tests.sync.maildrops import account_at, fetched, maildrop
from tests.sync.test_pop3 import on_server
from tui.model.account import Keep, Protocol
from tui.model.command import Delete
from tui.model.event import Phase
from tui.model.folder import Role
from tui.sync.worker import Worker

DAY = 86_400
LETTERS = [letter(number) for number in range(3)]


def days_later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """The clock that decides on deletions is so many days ahead."""
    clock = SimpleNamespace(time=lambda: time.time() + days * DAY)
    monkeypatch.setattr("tui.sync.pop3_visit.time", clock)


@pytest.mark.dovecot
def test_after_days_counted_from_download(
    make_rig: RigMaker, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in LETTERS:
        dovecot.deliver(user, one)
    rig = make_rig(account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("14d")))
    rig.fetch()
    for days in (-10_000.0, -1.0, 13.9):
        days_later(monkeypatch, days)
        rig.fetch()
        assert on_server(dovecot, user) == 3
    days_later(monkeypatch, 14.1)
    rig.fetch()
    assert on_server(dovecot, user) == 0
    assert bodies(rig) == Counter(LETTERS)


@pytest.mark.dovecot
def test_a_deletion_here_is_made_there_after_a_restart(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for one in LETTERS:
        dovecot.deliver(user, one)
    account = account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("until-deleted"))
    first = make_rig(account)
    first.fetch()
    first.ask(Delete((first.rows()[0].id,)))
    first.engine.close(5.0)
    again = make_rig(account)
    again.fetch()
    assert on_server(dovecot, user) == 2
    assert len(again.role(Role.TRASH)) == 1
    again.ask(Delete((again.role(Role.TRASH)[0].id,), forever=True))
    assert again.fetch().new == 0


@pytest.mark.parametrize("parting", ["unheard", "refused"])
@pytest.mark.parametrize("keep", ["delete", "until-deleted"])
def test_without_the_word_of_quit_nothing_counts_as_deleted(
    make_rig: RigMaker, parting: str, keep: str
) -> None:
    with maildrop(*LETTERS) as server:
        rig = make_rig(account_at(server, keep))
        server.parting = "done" if keep == "until-deleted" else parting
        summary = fetched(rig, server)
        if keep == "until-deleted":
            rig.ask(Delete(tuple(row.id for row in rig.rows())))
            server.parting = parting
            summary = fetched(rig, server)
        assert len(server.box) == 3 and all(row.on_server for row in rig.all_rows())
        assert summary.exit_code == 75 and "confirm" in " ".join(summary.problems)
        server.parting = "done"
        assert fetched(rig, server).new == 0
        assert server.box == {} and not any(row.on_server for row in rig.all_rows())
        assert bodies(rig) == Counter(LETTERS)


def test_a_word_of_quit_that_was_lost_is_found_out(make_rig: RigMaker) -> None:
    with maildrop(*LETTERS) as server:
        server.parting = "unsaid"
        rig = make_rig(account_at(server, "delete"))
        fetched(rig, server)
        assert all(row.on_server for row in rig.all_rows())
        server.parting = "done"
        assert fetched(rig, server).exit_code == 0
        assert not any(row.on_server for row in rig.all_rows())
        assert bodies(rig) == Counter(LETTERS)


@pytest.mark.parametrize(
    ("login", "waits"), [(b"-ERR [IN-USE] locked\r\n", 60), (b"-ERR [LOGIN-DELAY] too soon\r\n", 900)]
)
def test_a_server_that_asks_for_patience_gets_it(make_rig: RigMaker, login: bytes, waits: int) -> None:
    with maildrop(*LETTERS) as server:
        server.login, server.capa = login, b"UIDL\r\nUSER\r\nLOGIN-DELAY 900\r\n"
        rig = make_rig(account_at(server), watch=True, start=False)
        rig.engine.start()
        summary = rig.fetch()
        assert summary.exit_code == 75
        assert rig.engine.status(rig.account.address).until - time.time() > waits - 5
        tries = len(server.lines)
        time.sleep(1.2)
        assert len(server.lines) == tries


@pytest.mark.parametrize(
    ("capa", "least"), [(b"UIDL\r\nUSER\r\n", 300), (b"USER\r\nLOGIN-DELAY 900\r\n", 900)]
)
def test_a_session_ends_with_its_work_and_the_next_is_not_too_soon(
    make_rig: RigMaker, monkeypatch: pytest.MonkeyPatch, capa: bytes, least: int
) -> None:
    planned: list[float] = []
    plan = Worker._plan_next_fetch

    def noted(worker: Worker, seconds: float) -> None:
        planned.append(seconds)
        plan(worker, seconds)

    monkeypatch.setattr(Worker, "_plan_next_fetch", noted)
    with maildrop(*LETTERS) as server:
        server.capa = capa
        rig = make_rig(account_at(server), watch=True)
        assert server.heard(b"QUIT\r\n")
        fetched(rig, server)
        assert server.lines.count(b"USER you\r\n") == server.lines.count(b"QUIT\r\n")
        assert planned and min(planned) == least
        assert rig.engine.status(rig.account.address).phase is Phase.UP_TO_DATE
