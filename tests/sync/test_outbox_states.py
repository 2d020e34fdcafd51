"""The outbox table: what must never be possible, and one test a row of what must."""

from __future__ import annotations

from tui.model.draft import SendState
from tui.sync.outbox_states import DURABLE, TRANSITIONS, Happening, following

BY_ITSELF = frozenset(Happening) - {Happening.RETRIED, Happening.CANCELLED}


def reachable(start: SendState, happenings: frozenset[Happening]) -> set[SendState]:
    found, edge = {start}, [start]
    while edge:
        state = edge.pop()
        for (source, happening), target in TRANSITIONS.items():
            if source is state and happening in happenings and target not in found:
                found.add(target)
                edge.append(target)
    return found


def test_an_unsure_mail_is_never_sent_again_by_itself() -> None:
    assert reachable(SendState.UNSURE, BY_ITSELF) == {SendState.UNSURE, SendState.SENT}


def test_after_the_dot_only_the_servers_own_no_leads_back_to_the_queue() -> None:
    back = {
        happening
        for (state, happening), target in TRANSITIONS.items()
        if state is SendState.DOT_SENT and target in (SendState.QUEUED, SendState.SENDING)
    }
    assert back == {Happening.DEFERRED, Happening.PARTLY_DEFERRED}


def test_nothing_follows_the_end_but_the_persons_own_wish_for_those_who_were_refused() -> None:
    assert all(following(SendState.CANCELLED, happening) is None for happening in Happening)
    after = {happening for happening in Happening if following(SendState.SENT, happening)}
    assert after == {Happening.RETRIED}


def test_a_mail_on_its_way_cannot_be_cancelled() -> None:
    assert following(SendState.SENDING, Happening.CANCELLED) is None
    assert following(SendState.DOT_SENT, Happening.CANCELLED) is None


def test_every_state_can_be_reached_and_survives_a_crash() -> None:
    assert reachable(SendState.HELD, frozenset(Happening)) == set(SendState)
    assert following(SendState.SENDING, Happening.CRASHED) is SendState.QUEUED
    assert following(SendState.DOT_SENT, Happening.CRASHED) is SendState.UNSURE


def test_the_point_of_no_return_is_durable() -> None:
    assert {SendState.DOT_SENT, SendState.SENT, SendState.UNSURE} <= DURABLE
