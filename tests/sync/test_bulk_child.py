"""Beside the screen a child process downloads: it brings the same, keeps nobody waiting, and ends in time."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.rig import RigMaker, account_on, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.handed_out import Tap, delivered, spoilt
from tests.sync.letters_in import letter
from tui.model.command import FetchBody
from tui.model.event import NewMail, Phase
from tui.sync import arrivals

pytestmark = pytest.mark.dovecot

LETTERS = 1_000


@pytest.fixture
def sent(dovecot: Dovecot, user: str) -> list[bytes]:
    """What is in the inbox."""
    return delivered(dovecot, user, LETTERS)


def children() -> list[Path]:
    """The processes that download for this one, by their folders in /proc."""
    mine = []
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            parent = (found.parent / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"bulk_process" in found.read_bytes():
                mine.append(found.parent)
        except OSError:
            continue
    return mine


def test_it_brings_all_and_the_screen_hears_of_it(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        until(lambda: rig.engine.status(rig.account.address).phase is Phase.UP_TO_DATE, 30)
        assert Counter(rig.raw(row.id) for row in rig.rows()) == Counter(sent)
        assert set(tap.bodies.values()) == {1} and len(tap.bodies) == LETTERS
        assert not any(isinstance(event, NewMail) for event in rig.events)
        assert children() == []
        dovecot.deliver(user, letter(LETTERS))
        until(lambda: any(isinstance(event, NewMail) and event.count == 1 for event in rig.events))


def test_the_secret_is_in_no_list_of_processes(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    seen: list[bytes] = []

    def look() -> None:
        seen.extend((one / name).read_bytes() for one in children() for name in ("cmdline", "environ"))

    tap = Tap()
    tap.then[600] = look
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        until(lambda: seen, 30)
    assert len(seen) == 2 and not any(PASSWORD.encode() in one for one in seen)
    rig.engine.close()
    until(lambda: not children())


def test_a_message_can_be_opened_meanwhile(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]
) -> None:
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        opened = []
        tap = Tap()
        tap.then[600] = lambda: opened.append(rig.engine.post(FetchBody(rig.rows()[0].id)))
        proxy.fault = Fault(rewrite=tap)
        proxy.hang_up()
        until(lambda: opened, 30)
        assert opened[0].result(10) is True
        until(lambda: Counter(rig.raw(row.id) for row in rig.rows()) == Counter(sent), 30)


def test_one_that_is_killed_is_followed_by_another(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.backoff.FIRST_DELAY", 0.02)
    tap = Tap()

    def kill() -> None:
        for one in children():
            os.kill(int(one.name), signal.SIGKILL)

    tap.then[600] = kill
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=tap)
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        until(lambda: Counter(rig.raw(row.id) for row in rig.rows()) == Counter(sent), 40)
        assert not tap.then


def test_it_ends_with_the_program(make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes]) -> None:
    tap = Tap()
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        tap.then[600] = proxy.freeze
        proxy.fault = Fault(rewrite=tap)
        proxy.hang_up()
        until(lambda: not tap.then, 30)
        assert len(children()) == 1
        assert rig.engine.close(2.0)
        assert children() == []


def test_a_message_that_breaks_it_is_looked_for_here(
    make_rig: RigMaker, dovecot: Dovecot, user: str, sent: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.backoff.FIRST_DELAY", 0.02)

    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=spoilt(300, what=b"BODY[]"))
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""), watch=True)
        good = Counter[bytes | None](sent)
        good[None] = good.pop(sent[299])
        until(lambda: Counter(rig.raw(row.id) for row in rig.rows()) == good, 60)
        assert len(rig.rows()) == LETTERS > arrivals.CROWD
