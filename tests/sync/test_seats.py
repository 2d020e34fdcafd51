"""No more than three connections of an account to a server, whoever makes them."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from tests.rig import RigMaker, account_on, until
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Server
from tui.model.command import Diagnose, Fetch, FetchBody, SaveAccount, TestAccount
from tui.model.error import Busy, Cancelled
from tui.model.secret import Secret
from tui.sync.seats import MOST, Seats

HOST = Server("mail.example.org", 993)
ACCOUNT = Account("you@example.org", imap=HOST, smtp=Server("mail.example.org", 465), login=Login("you"))


class Guest:
    closed = False


def go_on() -> None:
    """Nothing asks to stop."""


def test_a_fourth_waits_until_one_leaves() -> None:
    seats, guests = Seats(patience=5.0), [Guest() for _ in range(MOST)]
    for guest in guests:
        seats.take(ACCOUNT, "incoming", guest, go_on)
    threading.Timer(0.2, lambda: setattr(guests[1], "closed", True)).start()
    began = time.monotonic()
    seats.take(ACCOUNT, "incoming", Guest(), go_on)
    assert 0.1 < time.monotonic() - began < 2.0
    with pytest.raises(Busy, match=r"All 3 connections to mail\.example\.org"):
        Seats.take(_impatient(seats), ACCOUNT, "incoming", Guest(), go_on)


def _impatient(seats: Seats) -> Seats:
    seats._patience = 0.1
    return seats


def test_other_accounts_and_other_servers_have_seats_of_their_own() -> None:
    seats = Seats(patience=0.1)
    for _ in range(MOST):
        seats.take(ACCOUNT, "incoming", Guest(), go_on)
    seats.take(ACCOUNT, "smtp", Guest(), go_on)
    seats.take(replace(ACCOUNT, login=Login("other")), "incoming", Guest(), go_on)
    same = replace(ACCOUNT, address="alias@example.org", imap=Server("MAIL.example.org", 993))
    with pytest.raises(Busy):
        seats.take(same, "incoming", Guest(), go_on)


def test_a_seat_held_is_given_back() -> None:
    seats = Seats(patience=0.1)
    for _ in range(10):
        with seats.held(ACCOUNT, "smtp"):
            pass
    with pytest.raises(ZeroDivisionError), seats.held(ACCOUNT, "smtp"):
        raise ZeroDivisionError
    with seats.held(ACCOUNT, "smtp"), seats.held(ACCOUNT, "smtp"), seats.held(ACCOUNT, "smtp"):
        pass


def test_waiting_can_be_stopped() -> None:
    seats = Seats(patience=60.0)
    for _ in range(MOST):
        seats.take(ACCOUNT, "incoming", Guest(), go_on)

    def stopped() -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        seats.take(ACCOUNT, "incoming", Guest(), stopped)


@pytest.mark.dovecot
def test_all_that_connects_at_once_shares_three_connections(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    """The inbox watched, a first download, messages opened, the account saved anew, tests and checks."""
    for number in range(300):
        dovecot.deliver(user, letter(number, body="x" * 20_000))
    with Proxy(dovecot.imap) as proxy:
        most, too_many = 0, 0.0
        ended = threading.Event()

        def count() -> None:
            nonlocal most, too_many
            since = time.monotonic()
            while not ended.wait(0.005):
                now, most = time.monotonic(), max(most, proxy.now)
                since = since if proxy.now > MOST else now
                too_many = max(too_many, now - since)

        counting = threading.Thread(target=count)
        counting.start()
        account = account_on(dovecot, user, imap=proxy.server())
        rig = make_rig(account, watch=True)
        try:
            until(lambda: rig.rows())
            waiting = [
                rig.engine.post(command)
                for _ in range(3)
                for command in (
                    Fetch(account.address),
                    Diagnose(account.address),
                    TestAccount(account, Secret("wrong")),
                    FetchBody(rig.rows()[0].id),
                )
            ]
            rig.engine.post(SaveAccount(replace(account, name="You"))).result(20)
            for one in waiting:
                one.exception(30)
            until(lambda: len([row for row in rig.rows() if rig.raw(row.id)]) == 300, 30)
        finally:
            ended.set()
            counting.join()
        assert most >= 2
        assert too_many < 0.5, "what has ended is seen a moment later, not half a second"
        rig.engine.close()
