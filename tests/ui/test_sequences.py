from __future__ import annotations

from tui.ui import keys
from tui.ui.sequences import Follower

KNOWN = keys.sequences("default", {})


def test_a_sequence_runs_its_action() -> None:
    follower = Follower(KNOWN)
    first = follower.feed("g", {"mail", "list"})
    assert first.taken
    assert "i Inbox" in first.hint
    second = follower.feed("i", {"mail", "list"})
    assert (second.taken, second.scope, second.action) == (True, "mail", "go('inbox')")
    assert follower.started == ()


def test_only_sequences_of_the_scopes_are_heard() -> None:
    assert not Follower(KNOWN).feed("g", {"compose"}).taken


def test_a_key_that_does_not_fit_means_what_it_always_means() -> None:
    follower = Follower(KNOWN)
    follower.feed("g", {"mail"})
    assert not follower.feed("r", {"mail"}).taken
    assert follower.started == ()


def test_escape_only_ends_the_sequence() -> None:
    follower = Follower(KNOWN)
    follower.feed("g", {"mail"})
    assert follower.feed("escape", {"mail"}).taken
    assert not follower.feed("escape", {"mail"}).taken
