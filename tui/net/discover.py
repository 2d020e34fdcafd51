"""Finding a domain's mail servers over the network: several questions at once, the surest answer first.

Only the domain is ever sent to anybody, never the address. Others add `?emailaddress=` when they ask a
provider for its document; hardly one answers differently for it, and whoever merely types an address has not
agreed to tell anybody. Documents come over https alone. The DNS vouches for nothing: what it announces is
used with TLS only, and servers outside the domain are named as such.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue

from tui.model.account import Server
from tui.model.error import MailError, NotFound, Offline
from tui.model.finding import Finding, Source
from tui.model.preset import Preset, by_name, guessed
from tui.model.safe_text import safe_line
from tui.net import autoconfig
from tui.net.dns_records import NO_MAIL, Resolver
from tui.net.mail_hosts import AUTODISCOVER, MAIL_EXCHANGERS, domains_of, is_within, recognised

_RANK = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where the questions go. In the addresses of documents `{domain}` stands for the domain asked about;
    `limit` is in seconds, for all questions together."""

    resolver: Resolver = field(default_factory=Resolver)
    provider: tuple[str, ...] = (
        "https://autoconfig.{domain}/mail/config-v1.1.xml",
        "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )
    ispdb: str = "https://autoconfig.thunderbird.net/v1.1/{domain}"
    ca_file: str = ""
    limit: float = 6.0


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, the surest first; and what stood in the way, without a full stop, "" for nothing."""

    findings: tuple[Finding, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    """Something to ask, and the surest kind of answer that can come of it."""

    best: Source
    ask: Callable[[], _Answer]


@dataclass(frozen=True, slots=True)
class _Answer:
    findings: tuple[Finding, ...] = ()
    then: tuple[_Question, ...] = ()


def discover(domain: str, lookup: Lookup) -> Discovery:
    """Ask the network about a domain, written in A-labels. Ends when nothing surer can come, and in time."""
    return _Search(domain, lookup).run()


class _Search:
    """One search: its questions run on daemon threads, each of which ends by its own time limit."""

    def __init__(self, domain: str, lookup: Lookup) -> None:
        self._domain = domain
        self._lookup = lookup
        self._dns = replace(lookup.resolver, limit=min(lookup.resolver.limit, lookup.limit))
        self._answers: SimpleQueue[tuple[_Question, _Answer | MailError]] = SimpleQueue()
        self._open: list[_Question] = []
        self._found: list[Finding] = []
        self._failed: list[tuple[_Question, MailError]] = []

    def run(self) -> Discovery:
        # Before the threads: those that import one library by several doors at once can find it half made.
        import dns.resolver  # noqa: F401
        import requests  # noqa: F401

        deadline = time.monotonic() + self._lookup.limit
        for question in self._first():
            self._begin(question)
        while self._open and not self._settled():
            try:
                question, answer = self._answers.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                break
            self._open.remove(question)
            if isinstance(answer, MailError):
                self._failed.append((question, answer))
                continue
            self._found += answer.findings
            for follow_up in answer.then:
                self._begin(follow_up)
        return Discovery(_distinct(self._found), self._obstacle())

    def _first(self) -> tuple[_Question, ...]:
        documents = [
            _Question(Source.PROVIDER, self._document(url, self._domain, Source.PROVIDER))
            for url in self._lookup.provider
        ]
        return (
            _Question(Source.MX, self._by_exchanger),
            _Question(Source.MX, self._by_autodiscover),
            *documents,
            _Question(Source.ISPDB, self._document(self._lookup.ispdb, self._domain, Source.ISPDB)),
            _Question(Source.SRV, self._by_services),
            _Question(Source.GUESS, self._by_guess),
        )

    def _begin(self, question: _Question) -> None:
        self._open.append(question)
        threading.Thread(target=self._ask, args=(question,), name="short:discovery", daemon=True).start()

    def _ask(self, question: _Question) -> None:
        answer: _Answer | MailError = _Answer()
        try:
            answer = question.ask()
        except MailError as error:
            answer = error
        finally:  # a mistake of ours must not keep the others waiting
            self._answers.put((question, answer))

    def _settled(self) -> bool:
        """Whether no open question can bring anything surer than what is there."""
        best = min((_RANK[one.source] for one in self._found), default=len(_RANK))
        return all(_RANK[question.best] >= best for question in self._open)

    def _obstacle(self) -> str:
        gone = next((error for _, error in self._failed if isinstance(error, NotFound)), None)
        if gone:
            return f"{gone.what} The address may be misspelt"
        unheard = self._open + [question for question, error in self._failed if isinstance(error, Offline)]
        lost = any(question.best is Source.MX for question in unheard)  # the DNS always answers something
        return "The network could not be asked, or did not answer in time" if lost and not self._found else ""

    # The questions

    def _by_exchanger(self) -> _Answer:
        hosts = self._dns.mail_exchangers(self._domain)
        if hosts == (NO_MAIL,):
            raise NotFound(f"{self._domain} takes no mail: its DNS says so.", "Is the address spelt right?")
        for host in hosts:
            if names := recognised(host, MAIL_EXCHANGERS):
                return _Answer(_of_services(names, f"its mail exchanger is {host}"))
        filed = domains_of(hosts[0]) if hosts else ()
        url = self._lookup.ispdb
        return _Answer(
            then=tuple(
                _Question(Source.ISPDB, self._document(url, domain, Source.ISPDB))
                for domain in filed
                if domain != self._domain
            )
        )

    def _by_autodiscover(self) -> _Answer:
        host = self._dns.alias(f"autodiscover.{self._domain}")
        names = recognised(host, AUTODISCOVER)
        return _Answer(_of_services(names, f"its autodiscover name leads to {host}"))

    def _document(self, template: str, domain: str, source: Source) -> Callable[[], _Answer]:
        return lambda: self._by_document(template.replace("{domain}", domain), domain, source)

    def _by_document(self, url: str, domain: str, source: Source) -> _Answer:
        from tui.net.web import Web

        with Web(self._lookup.ca_file) as web:
            answer = web.get(url, "looking for its settings")
        if answer.status != 200:
            return _Answer()
        try:
            preset = autoconfig.read(answer.body, domain)
        except ValueError:
            return _Answer()
        if preset is None:
            return _Answer()
        words = (
            f"as its provider says at {answer.host}"
            if source is Source.PROVIDER
            else f"by Thunderbird's collection of settings, under {domain}"
        )
        return _Answer((Finding(preset, source, safe_line(words, 160)),))

    def _by_services(self) -> _Answer:
        found = self._dns.services(self._domain)
        imap, pop3, smtp = found.get("imap"), found.get("pop3"), found.get("smtp")
        receiving = imap or pop3
        if receiving is None:
            return _Answer()
        words = f"as the DNS of {self._domain} announces{self._strangers(imap, pop3, smtp)}"
        known = autoconfig.served_by(receiving, *([smtp] if smtp else []))
        preset = known or replace(guessed(f"@{self._domain}"), imap=imap, pop3=pop3, smtp=smtp)
        return _Answer((Finding(preset, Source.SRV, words),))

    def _strangers(self, *servers: Server | None) -> str:
        """RFC 6186 section 6: a person has to see that a server is not of the domain."""
        hosts = dict.fromkeys(one.host for one in servers if one and not is_within(one.host, self._domain))
        return f"; not of this domain: {', '.join(hosts)}" if hosts else ""

    def _by_guess(self) -> _Answer:
        """The usual names, where they exist. Nobody is connected to: that they exist is all that is known."""
        plain = guessed(f"@{self._domain}")
        hosts = {label: f"{label}.{self._domain}" for label in ("imap", "mail", "pop", "pop3", "smtp")}
        there = {label for label, host in hosts.items() if self._dns.exists(host)}

        def first(server: Server | None, *labels: str) -> Server | None:
            label = next((label for label in labels if label in there), "")
            return replace(server, host=hosts[label]) if server and label else None

        imap, smtp = first(plain.imap, "imap", "mail"), first(plain.smtp, "smtp", "mail")
        if imap is None or smtp is None:
            return _Answer()
        preset = replace(plain, imap=imap, pop3=first(plain.pop3, "pop", "pop3", "mail"), smtp=smtp)
        words = "guessed: these are usual names, and they exist; nobody has said that they are right"
        return _Answer((Finding(preset, Source.GUESS, words),))


def _of_services(names: tuple[str, ...], words: str) -> tuple[Finding, ...]:
    presets = (by_name(name) for name in names)
    return tuple(
        Finding(_behind_own_domain(preset), Source.MX, safe_line(words, 160)) for preset in presets if preset
    )


def _behind_own_domain(preset: Preset) -> Preset:
    """iCloud's user name is that of the address there, which the one at the own domain does not tell."""
    if preset.username != "{local}":
        return preset
    note = f"{preset.note} The user name is the part before the @ of your iCloud address."
    return replace(preset, username="", smtp_username="", note=note)


def _distinct(findings: list[Finding]) -> tuple[Finding, ...]:
    """The surest first; the same servers only once."""
    kept: list[Finding] = []
    for one in sorted(findings, key=lambda found: _RANK[found.source]):
        servers = (one.preset.imap, one.preset.pop3, one.preset.smtp)
        if servers not in [(other.preset.imap, other.preset.pop3, other.preset.smtp) for other in kept]:
            kept.append(one)
    return tuple(kept)
