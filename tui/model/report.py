"""A report of checks to hand to somebody who helps, with nothing secret and nothing personal in it. Pure.

What is known of the accounts is replaced word for word: addresses, names, user names, and the servers and
domains that are not a known provider's. What is left and looks personal is replaced by its shape: other
addresses and hosts, network addresses, the folders that a file lies in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from urllib.parse import urlsplit

from tui.model.account import Account
from tui.model.command import Check
from tui.model.event import Checked
from tui.model.issuer import ISSUERS
from tui.model.preset import PRESETS, by_address, by_name
from tui.model.safe_text import safe_line

_LONGEST = 2_000
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?"
_SHAPES = (
    (re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+"), "(an address)"),
    (re.compile(r"(?<![\w.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w)"), "(IPv4 address)"),
    (
        re.compile(
            r"(?<![\w:])(?!::1(?![\w:]))(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"
            r"|(?:[0-9a-f]{1,4}:)*[0-9a-f]{0,4}::[0-9a-f:.]*)(?:%\w+)?(?![\w:])",
            re.IGNORECASE,
        ),
        "(IPv6 address)",
    ),
    (re.compile(r"(?<![\w/\\])(?:[a-z]:)?(?:[/\\][^\s/\\:,;'\"]+)+(?=[/\\])", re.IGNORECASE), "…"),
)
_HOST = re.compile(rf"(?<![\w.@-])(?:{_LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9](?![\w-])", re.IGNORECASE)
_OURS = frozenset({"imap.accessasuser.all", "pop.accessasuser.all", "smtp.send", "aka.ms", "microsoft.com"})
"""Words with dots in them that are nobody's hosts, or everybody's."""


def report(checked: Iterable[Checked], accounts: Sequence[Account], private: Iterable[str] = ()) -> str:
    """The checks as text for others to read. `private` are further words that must not stand in it: the
    person's folder and name on this computer, and the computer's own."""
    events = list(checked)
    words = _Words(accounts, private)
    lines = ["outlook-tui doctor", "", "This computer"]
    lines += chain.from_iterable(words.lines(one.check) for one in events if not one.account)
    for number, account in enumerate(accounts, 1):
        own = [one.check for one in events if one.account.lower() == account.address.lower()]
        if own:
            lines += ["", f"Account {number}: {_kind(account)}"]
            lines += chain.from_iterable(words.lines(check, account) for check in own)
    return "\n".join(lines) + "\n"


def _kind(account: Account) -> str:
    preset = by_name(account.provider) or by_address(account.address)
    login = account.login or account.smtp_login
    return ", ".join(
        (
            preset.title if preset else "another mail service",
            account.incoming.value if account.receiving else "only sends",
            f"signs in by {login.auth}, kept in {login.source}" if login else "no sign-in",
        )
    )


class _Words:
    """What has to be replaced by what."""

    def __init__(self, accounts: Sequence[Account], private: Iterable[str]) -> None:
        self._known = frozenset(_known_hosts())
        places: dict[str, str] = {}
        people: dict[str, str] = {}
        for number, account in enumerate(accounts, 1):
            local, _, domain = account.address.rpartition("@")
            places[account.address] = f"(address {number})"
            if by_address(account.address) is None:
                places[domain] = f"(domain {number})"
            for kind, server in (("imap", account.imap), ("pop3", account.pop3), ("smtp", account.smtp)):
                if server and not self._is_known(server.host):
                    places[server.host] = f"({kind} server {number})"
            people |= dict.fromkeys((account.name, local), f"(name {number})")
            logins = (login for login in (account.login, account.smtp_login) if login)
            people |= {login.username: f"(user name {number})" for login in logins}
        self._places = _Replacing(places | dict.fromkeys(private, "(private)"))
        self._people = _Replacing(people)

    def lines(self, check: Check, account: Account | None = None) -> Iterator[str]:
        """A check on one line, and what to do below it; `account` is whose it is."""
        detail = check.detail
        if account is not None:
            detail = self._of_server(check, account)
        # Servers may name people; what we say ourselves does not, and has everyday words in it.
        detail = self._cleaned(self._people.replaced(self._places.replaced(detail)), account)
        fix = self._cleaned(self._places.replaced(check.fix), account)
        seconds = f" ({check.seconds:.1f} s)" if check.seconds else ""
        mark = "ok  " if check.ok else "FAIL"
        yield f"  {mark}  {safe_line(check.check, 60)}{seconds}{': ' if detail else ''}{detail}"
        if fix:
            yield f"        {fix}"

    def _of_server(self, check: Check, account: Account) -> str:
        """Without the names of folders, and of who vouches for a server that is no known provider's."""
        if check.check.endswith(" folders") and check.ok:
            return check.detail.partition(" (")[0]
        server = account.smtp if check.check.startswith("smtp") else account.receiving
        if check.check.endswith(" encryption") and check.ok and not (server and self._is_known(server.host)):
            return check.detail.partition(", issued by ")[0]
        return check.detail

    def _cleaned(self, text: str, account: Account | None) -> str:
        text = text[:_LONGEST]
        for pattern, shape in _SHAPES:
            text = pattern.sub(shape, text)
        if account is not None:
            text = _HOST.sub(lambda found: found[0] if self._is_known(found[0]) else "(a host)", text)
        return safe_line(text, _LONGEST)

    def _is_known(self, host: str) -> bool:
        return host.lower() in self._known


class _Replacing:
    """Whole words for other words, whatever their case, the longest first."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {word.lower(): instead for word, instead in words.items() if len(word) > 1}
        longest_first = sorted(self._words, key=len, reverse=True)
        self._pattern = re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)" if longest_first else r"(?!)",
            re.IGNORECASE,
        )

    def replaced(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._words.get(found[0].lower(), "(private)"), text)


def _known_hosts() -> Iterator[str]:
    """Hosts of the services that anybody may use, and their domains."""
    yield from _OURS
    servers = (server for preset in PRESETS for server in (preset.imap, preset.pop3, preset.smtp) if server)
    for host in (*(server.host for server in servers), *(_host(issuer.authority) for issuer in ISSUERS)):
        yield host
        parent = host.partition(".")[2]
        if "." in parent:
            yield parent


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
