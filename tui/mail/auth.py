"""What the own provider says of a sender: Authentication-Results (RFC 8601), also in Exchange's form."""

from __future__ import annotations

import re

METHODS = ("spf", "dkim", "dmarc")
_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"[^"]*"')
_BETTER = ("pass", "bestguesspass")
_LONGEST = 20_000


def results(value: str) -> dict[str, str] | None:
    """The verdicts of one Authentication-Results value for spf, dkim and dmarc, or None when it has none of
    them.

    A method it does not speak of is "none". Of several DKIM signatures a good one counts. Only the topmost
    field of a mail may be given: those below it may come from the sender (RFC 8601 1.6).
    """
    text = _QUOTED.sub(" ", _COMMENT.sub(" ", value[:_LONGEST]))
    found: dict[str, str] = {}
    for match in _RESULT.finditer(text):
        method, verdict = match[1].lower(), match[2].lower()
        if method not in found or verdict in _BETTER:
            found[method] = verdict
    return {method: found.get(method, "none") for method in METHODS} if found else None
