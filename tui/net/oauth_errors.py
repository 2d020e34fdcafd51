"""What a sign-in service's no means, by `error` and Microsoft's `error_codes`; never by its sentences.

RFC 6749 5.2 and 4.1.2.1, RFC 8628 3.5. Sentences are only shown, their first line, as `detail`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tui.model.consent import admin_consent_url, tenant_of
from tui.model.error import Busy, ConsentNeeded, MailError, SignInNeeded
from tui.model.explain import Explanation, explain
from tui.model.explain_rule import Retry
from tui.model.issuer import Identity
from tui.model.safe_text import safe_line
from tui.model.sign_in import CLOCK_SKEW

_DEVICE = frozenset(
    {"authorization_pending", "slow_down", "expired_token", "code_expired", "bad_verification_code"}
)
_BUSY = frozenset({"temporarily_unavailable", "server_error"})
_CONSENT = frozenset({65001, 90094, 90095})
_NUMBER = re.compile(r"AADSTS(\d{4,7})\b")
_LONGEST = 300


def refused(
    answer: Mapping[str, Any],
    identity: Identity,
    *,
    address: str = "",
    clock_ahead: float = 0.0,
    wait: float = 0.0,
) -> MailError:
    """The error for an answer that has `error` in it: Busy where the service asks for patience, ConsentNeeded
    where an administrator must approve, SignInNeeded otherwise.

    `address` is whose sign-in it is, as far as known; `clock_ahead` and `wait` are as in `web.Answer`.
    """
    error = str(answer.get("error", ""))
    numbers = _numbers(answer)
    found = _explained(error, numbers, identity)
    what = f"{found.title}." if found else f"{identity.issuer.title} did not accept the sign-in."
    hint = f"{found.meaning} {found.fix}" if found else "Sign in again; its own words are in the details."
    detail = _detail(answer, error, numbers)
    patient = found is not None and found.retry_class is Retry.BACKOFF and error not in _DEVICE
    if error in _BUSY or patient:
        return busy(identity, detail, wait)
    if error == "consent_required" or not _CONSENT.isdisjoint(numbers):
        link = admin_consent_url(identity, tenant_of(identity, address))
        made: MailError = ConsentNeeded(what, f"{hint} The link: {link}", detail=detail, link=link)
    else:
        made = SignInNeeded(what, f"{hint}{clock_words(clock_ahead)}", detail=detail)
    made.retry = Retry.NEVER if found and found.retry_class is Retry.NEVER else Retry.USER
    return made


def busy(identity: Identity, detail: str, wait: float) -> Busy:
    """The error for a service that asks for patience; `wait` is the seconds it names, 0 for none."""
    error = Busy(
        f"{identity.issuer.title}'s sign-in is busy.",
        "It could not answer just now, or was asked too often. Wait: it is tried again by itself.",
        detail=detail,
        wait=wait,
    )
    error.retry = Retry.BACKOFF
    return error


def clock_words(clock_ahead: float) -> str:
    """A sentence, with a blank before it, on a clock that is more than five minutes wrong; else ""."""
    if abs(clock_ahead) <= CLOCK_SKEW:
        return ""
    minutes = round(abs(clock_ahead) / 60)
    span = f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
    way = "ahead of" if clock_ahead > 0 else "behind"
    return f" The clock of this computer is {span} {way} the service's: set it right."


def _numbers(answer: Mapping[str, Any]) -> tuple[int, ...]:
    """The AADSTS numbers. A redirect has no `error_codes` (RFC 6749 4.1.2.1 knows none), so there the number
    that Microsoft begins its sentence with has to do."""
    given = answer.get("error_codes")
    if isinstance(given, list):
        return tuple(number for number in given if isinstance(number, int))
    found = _NUMBER.match(str(answer.get("error_description", "")))
    return (int(found[1]),) if found else ()


def _explained(error: str, numbers: tuple[int, ...], identity: Identity) -> Explanation | None:
    known = (explain(f"AADSTS{number}", "oauth") for number in numbers)
    return next(filter(None, known), None) or explain(f"{identity.issuer.name}: {error}", "oauth")


def said(answer: Mapping[str, Any]) -> str:
    """The numbers and the first line of what the service says; the others are for Microsoft's support."""
    return _detail(answer, str(answer.get("error", "")), _numbers(answer))


def _detail(answer: Mapping[str, Any], error: str, numbers: tuple[int, ...]) -> str:
    words = str(answer.get("error_description") or "").partition("\n")[0].partition(" Trace ID:")[0].strip()
    extra = str(answer.get("suberror") or "")
    codes = " ".join(f"AADSTS{number}" for number in numbers if str(number) not in words)
    return safe_line(" ".join(part for part in (codes, words or error, extra) if part), _LONGEST)
