"""How an account fares, beyond what it is doing just now. Pure: the time now is always handed in."""

from __future__ import annotations

from tui.model.account import Account, Protocol, by_oauth
from tui.model.event import AccountStatus, Phase
from tui.ui.words import clock, moment

_AT_WORK = frozenset({Phase.UP_TO_DATE, Phase.FETCHING, Phase.CONNECTING})


def health(state: AccountStatus, account: Account, now: float, check_minutes: int) -> str:
    """The last good fetch, how new mail is noticed, and how long the sign-in holds, in one line; "" when
    nothing of it is known. `check_minutes` is the setting for how often mail is looked for."""
    parts = (
        f"Last fetched {moment(state.fetched, now)}" if state.fetched else "",
        _noticing(state, account, check_minutes) if state.phase in _AT_WORK else "",
        _signed_in(state, account, now),
    )
    return " · ".join(part for part in parts if part)


def _noticing(state: AccountStatus, account: Account, check_minutes: int) -> str:
    if account.incoming is Protocol.NONE:
        return ""
    if state.pushed:
        return "the server tells of new mail at once"
    return f"new mail is looked for every {check_minutes} min"


def _signed_in(state: AccountStatus, account: Account, now: float) -> str:
    if not by_oauth(account.login) or state.phase is Phase.SIGN_IN or not state.token_until:
        return ""
    if state.token_until <= now:
        return "the sign-in is renewed with the next fetch"
    return f"signed in until {clock(state.token_until)}, renewed by itself"
