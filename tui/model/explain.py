"""From a server's words to what they mean and what to do: the one table of explanations, offline.

Rows stand as data in the `explain_*` modules; the first that applies wins. The engine takes its decision
whether to try again from the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.model.explain_codes import CODES, SAID_OF_PASSWORDS, TOKEN
from tui.model.explain_desktop import DESKTOP
from tui.model.explain_google import GOOGLE
from tui.model.explain_local import LOCAL
from tui.model.explain_microsoft import MICROSOFT
from tui.model.explain_patience import PATIENCE
from tui.model.explain_rule import Retry, Rule
from tui.model.explain_sending import SENDING
from tui.model.explain_signin import SIGN_IN

_LONGEST = 4000
_AADSTS = re.compile(r"aadsts(\d{4,7})|^(\d{4,7})$|error_codes\W{1,6}(\d{4,7})")
_CODES = (
    re.compile(r"(aadsts\d{4,7})"),
    re.compile(r"(0x[0-9a-f]{8})"),
    re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)"),
    re.compile(r"\b(?:no|bad|bye|err) \[([a-z][a-z/-]+)"),
    re.compile(r"^(?:smtp |http )?([45]\d\d)\b"),
)
_FOR_NOW = re.compile(r"4\d\d\b")
_FOR_GOOD = re.compile(r"5\d\d\b")
_SIGNS = (
    ("imap", re.compile(r"^imap\b|^(\* |[a-z0-9]{1,12} )?(no|bad|bye) ")),
    ("pop3", re.compile(r"^pop3?\b|^-err\b")),
    ("smtp", re.compile(r"^smtp\b|^[245]\d\d\b|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")),
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error means: `title` names it, `meaning` says why, `fix` what to do; each is for the person.

    `code` is the code found in the text (5.7.139, AADSTS65001, 0x800CCC0F, …), else `name`, the row's own.
    """

    code: str
    name: str
    title: str
    meaning: str
    fix: str
    retry_class: Retry

    @property
    def retry(self) -> bool:
        """Whether the program tries again by itself."""
        return self.retry_class in (Retry.REFRESH, Retry.BACKOFF)


def explain(text: str, protocol: str = "", *, token: bool = False) -> Explanation | None:
    """Explain `text` (a server's answer, a bounce, an exception), or None for what is not in the table.

    `protocol` ("imap", "pop3", "smtp", "oauth") leaves out rows that cannot be meant. Without it the look of
    the text is taken as a sign first, then all rows are tried. `token` says that somebody signs in by token.
    """
    plain = _plain(text)
    protocol_meant = protocol or _sign(plain)
    rule = _by_text(plain, "token", TOKEN) if token else None
    rule = rule or _by_number(plain) or _by_text(plain, protocol_meant)
    if token and rule is not None and rule.name in SAID_OF_PASSWORDS:
        rule = TOKEN[-1]
    if rule is None and not protocol:
        rule = _by_text(plain, "")
    if rule is None:
        return None
    retry = _retry(rule, plain) if protocol_meant == "smtp" else rule.retry
    return Explanation(_code(plain) or rule.name, rule.name, rule.title, rule.meaning, rule.fix, retry)


def rules() -> Iterator[Rule]:
    """Every row, in the order in which they are tried."""
    yield from DESKTOP
    yield from PATIENCE
    yield from SIGN_IN
    yield from SENDING
    yield from GOOGLE
    yield from (row.rule for row in MICROSOFT)
    yield from LOCAL
    yield from CODES
    yield from TOKEN


def _by_text(plain: str, protocol: str, among: Iterable[Rule] | None = None) -> Rule | None:
    return next((rule for rule in among or rules() if rule.applies(plain, protocol)), None)


def _retry(rule: Rule, plain: str) -> Retry:
    """What the reply code makes of a row: 4yz is for now and 5yz for good (RFC 5321 4.2.1).

    A row that names such a code itself knows better: `452 4.5.3` may be tried for ever.
    """
    if rule.retry is Retry.NEVER and _FOR_NOW.match(plain) and not rule.names_code("4", plain):
        return Retry.BACKOFF
    if rule.retry is Retry.BACKOFF and _FOR_GOOD.match(plain) and not rule.names_code("5", plain):
        return Retry.NEVER
    return rule.retry


def _sign(plain: str) -> str:
    """The protocol that the text looks like, "" when it could be any."""
    return next((protocol for protocol, sign in _SIGNS if sign.search(plain)), "")


def _plain(text: str) -> str:
    """Lower case, single spaces, and the reply code as on the wire however it was printed.

    `(535, b'5.7.3 …')` is smtplib's way, `535-5.7.8 …` the first line of several.
    """
    text = text[:_LONGEST].lower().replace("’", "'")
    text = re.sub(r"\((\d{3}), b?['\"]", r"\1 ", text)
    return " ".join(re.sub(r"(?<!\d)([45]\d\d)-(?=\S)", r"\1 ", text).split())


def _by_number(plain: str) -> Rule | None:
    """The row of the AADSTS number in the text; a bare number is taken for one."""
    found = _AADSTS.search(plain)
    if not found:
        return None
    number = int(found[1] or found[2] or found[3])
    return next((row.rule for row in MICROSOFT if number in row.numbers), None)


def _code(plain: str) -> str:
    """The most telling code that the text contains, as it is usually written, or ""."""
    found = next((match for pattern in _CODES if (match := pattern.search(plain))), None)
    return found[1].upper().replace("0X", "0x", 1) if found else ""
