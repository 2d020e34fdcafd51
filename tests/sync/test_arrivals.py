"""A folder of many messages: whole messages where the line is fast, the list first where it is not."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import Future
from typing import Any

import pytest

from tests.rig import RigMaker, account_on, bodies
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.handed_out import Tap, delivered
from tui.model.account import Offline
from tui.model.command import FetchBody
from tui.sync import arrivals

pytestmark = pytest.mark.dovecot

LETTERS = 1_000


@pytest.fixture
def sent(dovecot: Dovecot, user: str) -> list[bytes]:
    """What is in the inbox."""
    return delivered(dovecot, user, LETTERS)


def test_only_the_newest_page_comes_by_header(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        summary = rig.fetch()
        assert (summary.new, summary.exit_code) == (LETTERS, 0)
        assert summary.bytes == sum(map(len, sent))
        assert bodies(rig) == Counter(sent)
        assert sorted(tap.headers) == list(range(LETTERS - arrivals.PAGE + 1, LETTERS + 1))
        assert set(tap.bodies.values()) == {1} and len(tap.bodies) == LETTERS
        assert rig.fetch().new == 0


@pytest.mark.parametrize("offline", ["headers", "90d"])
def test_the_list_alone_where_not_all_is_wanted(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes], offline: str
) -> None:
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        account = account_on(dovecot, user, imap=proxy.server(), ca_file="", offline=Offline(offline))
        rig = make_rig(account)
        assert rig.fetch().new == LETTERS
        assert set(tap.headers.values()) == {1} and len(tap.headers) == LETTERS
        assert len(tap.bodies) == (0 if offline == "headers" else LETTERS)


def test_the_list_first_where_all_would_take_too_long(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "TRIAL", 0.0)
    monkeypatch.setattr(arrivals, "PATIENCE", 0.0)
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        assert rig.fetch().new == LETTERS
        assert len(tap.headers) > arrivals.PAGE
        assert set(tap.bodies.values()) == {1} and bodies(rig) == Counter(sent)


def test_a_message_can_be_opened_meanwhile(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    tap = Tap()
    opened: list[Future[Any]] = []
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        tap.then[450] = lambda: opened.append(rig.engine.post(FetchBody(rig.rows()[0].id)))
        proxy.fault = Fault(rewrite=tap)
        assert rig.fetch().exit_code == 0
        assert opened[0].result(5) is True
        assert bodies(rig) == Counter(sent)
        assert proxy.connections == 2


def test_what_came_before_a_cut_is_not_fetched_again(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        tap.then[700] = proxy.hang_up
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        assert rig.fetch().exit_code != 0
        kept = len(rig.rows())
        assert arrivals.PAGE < kept < LETTERS
        before = tap.bodies.total()
        summary = rig.fetch()
        assert (summary.new, summary.exit_code) == (LETTERS - kept, 0)
        assert tap.bodies.total() - before == LETTERS - kept + arrivals.PAGE
        assert bodies(rig) == Counter(sent)


def test_a_body_that_does_not_come_leaves_its_header(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    tap = Tap(wrong=500)
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        summary = rig.fetch()
        assert summary.new == LETTERS and summary.exit_code == 75
        assert [row.uid for row in rig.rows() if rig.raw(row.id) is None] == [500]
        proxy.fault = Fault()
        rig.fetch()
        assert bodies(rig) == Counter(sent)


@pytest.mark.slow
def test_cut_anywhere_again_and_again(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.backoff.FIRST_DELAY", 0.02)
    chance = random.Random(4)
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        for _ in range(12):
            proxy.fault = Fault(down=chance.randrange(2_000, 250_000))
            rig.fetch()
            found = bodies(rig)
            assert not found - Counter([*sent, *[None] * LETTERS])
        assert proxy.cuts >= 6
        proxy.fault = Fault()
        assert rig.fetch().exit_code == 0
        assert bodies(rig) == Counter(sent)
