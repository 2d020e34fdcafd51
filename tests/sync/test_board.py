"""Statuses: what a phase changes, and what stays true through all of them."""

from __future__ import annotations

import time

from tui.model.error import Busy, SignInNeeded
from tui.model.event import Event, Phase, StatusChanged
from tui.sync.board import Board

ME = "you@example.org"


def test_what_is_known_of_an_account_outlasts_its_phases() -> None:
    board = Board()
    board.enter(ME, Phase.UP_TO_DATE, fetched=5.0, pushed=True)
    board.token(ME, 99.0)
    board.progress(ME, 1, 2, "INBOX")
    board.enter(ME, Phase.UP_TO_DATE)
    status = board.status(ME)
    assert (status.fetched, status.token_until, status.pushed) == (5.0, 99.0, True)
    board.failed(ME, Busy("Later."), until=7.0)
    status = board.status(ME)
    assert (status.phase, status.until, status.pushed) == (Phase.BUSY, 7.0, False)
    assert (status.fetched, status.token_until) == (5.0, 99.0)
    board.forget(ME)
    assert board.status(ME).fetched == 0.0


def test_a_token_is_told_and_changes_no_phase() -> None:
    board = Board()
    told: list[Event] = []
    board.failed(ME, SignInNeeded("Sign in."))
    board.listen(told.append)
    board.token(ME, 99.0)
    assert told == [StatusChanged(ME)]
    assert (board.status(ME).phase, board.status(ME).what) == (Phase.SIGN_IN, "Sign in.")


def test_a_phase_keeps_the_time_it_began() -> None:
    board = Board()
    board.enter(ME, Phase.BUSY)
    since = board.status(ME).since
    assert abs(since - time.time()) < 5
    board.enter(ME, Phase.BUSY, until=9.0)
    assert board.status(ME).since == since


def test_what_was_left_as_it_is_stays_until_all_of_an_account_was_fetched() -> None:
    board = Board()
    told: list[Event] = []
    board.enter(ME, Phase.UP_TO_DATE)
    board.listen(told.append)
    board.noted(ME, ["One."], everywhere=True)
    board.noted(ME, ["One."], everywhere=True)
    assert told == [StatusChanged(ME)]
    board.noted(ME, ["Two."], everywhere=False)
    board.enter(ME, Phase.FETCHING)
    board.progress(ME, 1, 2)
    board.enter(ME, Phase.UP_TO_DATE)
    assert board.status(ME).problems == ("One.", "Two.")
    board.noted(ME, [], everywhere=False)
    assert board.status(ME).problems == ("One.", "Two.")
    board.noted(ME, [], everywhere=True)
    assert board.status(ME).problems == ()
