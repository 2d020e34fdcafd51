"""Settings for an address, as the engine answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.dns import DnsServer
from tui.config.paths import Paths, find
from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.model.command import FindSettings
from tui.model.finding import Finding, Source
from tui.net.discover import Lookup
from tui.net.dns_records import Resolver
from tui.sync.context import Context
from tui.sync.engine import Engine
from tui.sync.finding import find_settings

NOWHERE = "https://localhost:1/{domain}"


@pytest.fixture
def context(tmp_path: Path) -> Context:
    paths: Paths = find(str(tmp_path))
    return Context(paths.database, Settings(), Secrets())


def ask(
    context: Context, address: str, dns: DnsServer | None = None, network: bool = True
) -> tuple[Finding, ...]:
    resolver = Resolver(("127.0.0.1",), dns.port if dns else 1, 0.5)
    return find_settings(
        context, FindSettings(address, network), Lookup(resolver, (NOWHERE,), NOWHERE, limit=3.0)
    )


def test_a_known_domain_needs_no_network(context: Context) -> None:
    with DnsServer({}) as dns:
        (found,) = ask(context, "you@outlook.com", dns)
        assert dns.asked == []
    assert (found.preset.name, found.source) == ("outlook", Source.KNOWN)


def test_a_domain_in_other_letters_is_asked_about_in_ascii(context: Context) -> None:
    with DnsServer({"xn--bcher-kva.example MX": "0 aspmx.l.google.com."}) as dns:
        (found,) = ask(context, "you@Bücher.example", dns)
        assert "xn--bcher-kva.example. MX" in dns.asked
        assert not any("you" in question for question in dns.asked)
    assert (found.preset.name, found.source) == ("gmail", Source.MX)


def test_offline_there_is_a_guess_that_says_so(context: Context) -> None:
    context.offline.set()
    with DnsServer({}) as dns:
        (found,) = ask(context, "you@contoso.example", dns)
        assert dns.asked == []
    assert found.guessed
    assert found.preset.imap is not None
    assert found.preset.imap.host == "imap.contoso.example"
    assert "You work offline" in found.words


def test_without_being_allowed_nothing_is_asked(context: Context) -> None:
    with DnsServer({}) as dns:
        (found,) = ask(context, "you@contoso.example", dns, network=False)
        assert dns.asked == []
    assert found.guessed


def test_a_guess_names_what_stood_in_the_way(context: Context) -> None:
    (unreachable,) = ask(context, "you@contoso.example")
    assert unreachable.guessed
    assert "The network could not be asked" in unreachable.words
    with DnsServer({}) as dns:
        (misspelt,) = ask(context, "you@contoso.example", dns)
    assert "is no contoso.example in the DNS" in misspelt.words
    with DnsServer({"contoso.example A": "192.0.2.1", "mail.contoso.example A": "192.0.2.1"}) as dns:
        (exists,) = ask(context, "you@contoso.example", dns)
    assert exists.preset.smtp is not None
    assert exists.preset.smtp.host == "mail.contoso.example"
    assert "they exist" in exists.words


@pytest.mark.parametrize(
    "address", ["you@[192.0.2.1]", "you@localhost", "you", "you@10.0.0.1", "you@a..b", "@", ""]
)
def test_an_address_that_leads_nowhere(context: Context, address: str) -> None:
    with DnsServer({}) as dns:
        (found,) = ask(context, address, dns)
        assert dns.asked == []
    assert found.guessed
    assert found.preset.imap is None


def test_the_engine_answers(tmp_path: Path) -> None:
    paths = find(str(tmp_path / "home"))
    with Engine(paths, Settings(), Secrets()) as engine:
        engine.start(offline=True)
        (known,) = engine.post(FindSettings("you@gmail.com")).result(10)
        (guessed,) = engine.post(FindSettings("you@contoso.example")).result(10)
    assert (known.preset.name, known.source) == ("gmail", Source.KNOWN)
    assert guessed.guessed
