"""What may be said of a kept sign-in, in words. Pure."""

from __future__ import annotations

from tui.model.safe_text import safe_line
from tui.model.sign_in import TokenFacts

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def kept_words(facts: TokenFacts, now: float) -> str:
    """As whom somebody signed in, how long ago that was renewed, how long the access token lasts, and what is
    permitted; `now` is in Unix seconds."""
    who = f"signed in as {safe_line(facts.username, 100)}" if facts.username else "signed in"
    left = facts.expires - now
    lasts = (
        f"the access token lasts {span(left)}" if left > 0 else f"the access token ended {span(-left)} ago"
    )
    access = lasts if facts.expires else "no access token at hand"
    scopes = (
        ", ".join(safe_line(scope.rpartition("/")[2] or scope, 60) for scope in facts.scopes) or "none named"
    )
    return f"{who}; last renewed {span(now - facts.obtained)} ago; {access}; permissions: {scopes}"


def span(seconds: float) -> str:
    """A length of time in its largest whole unit: "3 days"."""
    for length, unit in _UNITS:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
