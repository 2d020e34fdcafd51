"""Finding a domain's servers, with a name server and documents on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import dns.resolver  # noqa: F401 - not while the clock runs
import pytest
import requests  # noqa: F401

from tests.net.test_autoconfig import document, server
from tests.servers.certificates import Certificates
from tests.servers.dns import DnsServer, Records
from tests.servers.documents import Document, Documents
from tui.model.account import Security, Server
from tui.model.finding import Source
from tui.model.preset import by_name
from tui.net.discover import Discovery, Lookup, discover
from tui.net.dns_records import Resolver

DOMAIN = "contoso.example"
FOUND: dict[str, str | tuple[str, ...]] = {f"{DOMAIN} A": "192.0.2.1"}
OWN, WELL_KNOWN, ISPDB = "/own/" + DOMAIN, "/well-known/" + DOMAIN, "/ispdb/" + DOMAIN


class Loopback:
    """Both servers, and what was asked of them."""

    def __init__(self, dns: DnsServer, documents: Documents, lookup: Lookup) -> None:
        self.dns = dns
        self.documents = documents
        self.lookup = lookup

    def discover(self, domain: str = DOMAIN) -> Discovery:
        return discover(domain, self.lookup)


Starting = Callable[..., Loopback]


@pytest.fixture
def start(certs: Certificates) -> Iterator[Starting]:
    serving: list[Documents] = []
    with ExitStack() as running:

        def begin(
            records: Records,
            documents: Mapping[str, Document] | None = None,
            limit: float = 4.0,
            silent: bool = False,
        ) -> Loopback:
            dns = running.enter_context(DnsServer(records, silent=silent))
            served = running.enter_context(Documents(certs.server_context(), documents or {}))
            serving.append(served)
            lookup = Lookup(
                Resolver(("127.0.0.1",), dns.port, 1.0),
                (served.url + "/own/{domain}", served.url + "/well-known/{domain}"),
                served.url + "/ispdb/{domain}",
                str(certs.ca),
                limit,
            )
            return Loopback(dns, served, lookup)

        yield begin
        for served in serving:
            served.release()
        for thread in _searching():
            thread.join(10)


def _searching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "short:discovery"]


def imap(host: str) -> bytes:
    return document(server(host=host), server("smtp", host.replace("imap", "smtp"), 465))


def test_a_service_is_known_by_its_mail_exchanger(start: Starting) -> None:
    records = FOUND | {f"{DOMAIN} MX": "0 contoso-example.mail.protection.outlook.com."}
    found = start(records, {ISPDB: imap("imap.wrong.example")}).discover()
    assert found.findings[0].preset == by_name("microsoft365")
    assert found.findings[0].source is Source.MX
    assert "contoso-example.mail.protection.outlook.com" in found.findings[0].words
    assert found.obstacle == ""


def test_the_government_clouds_share_their_exchangers(start: Starting) -> None:
    records = FOUND | {f"{DOMAIN} MX": "0 contoso-example.mail.protection.office365.us."}
    found = start(records).discover()
    assert [one.preset.name for one in found.findings] == ["microsoft-gcc-high", "microsoft-dod"]


def test_behind_a_filter_the_autodiscover_name_tells(start: Starting) -> None:
    records = FOUND | {
        f"{DOMAIN} MX": "0 contoso.filter.example.",
        f"autodiscover.{DOMAIN} CNAME": "autodiscover.outlook.com.",
    }
    (found,) = start(records).discover().findings
    assert (found.preset.name, found.source) == ("microsoft365", Source.MX)
    assert "autodiscover" in found.words


def test_at_icloud_with_an_own_domain_the_user_name_is_not_made_up(start: Starting) -> None:
    (found,) = start(FOUND | {f"{DOMAIN} MX": "10 mx01.mail.icloud.com."}).discover().findings
    assert found.preset.user("you@contoso.example") == ""
    assert "iCloud address" in found.preset.note


def test_the_providers_word_counts_more_than_the_collection(start: Starting) -> None:
    documents = {
        WELL_KNOWN: imap("imap.contoso.example"),
        ISPDB: imap("imap.ispdb.example"),
    }
    loopback = start(FOUND | {f"_imaps._tcp.{DOMAIN} SRV": "0 0 993 imap.srv.example."}, documents)
    found = loopback.discover().findings
    assert (found[0].source, found[0].preset.imap) == (Source.PROVIDER, Server("imap.contoso.example", 993))
    assert "localhost" in found[0].words
    assert not any("you" in path or "@" in path for path in loopback.documents.asked)


def test_the_collection_is_asked_by_the_exchangers_domain_too(start: Starting) -> None:
    records = FOUND | {f"{DOMAIN} MX": "0 mx1.eu.provider.example."}
    loopback = start(records, {"/ispdb/provider.example": imap("imap.provider.example")})
    (found,) = loopback.discover().findings
    assert (found.source, found.preset.imap) == (Source.ISPDB, Server("imap.provider.example", 993))
    assert "provider.example" in found.words
    for thread in _searching():  # the answer was there before all had been asked
        thread.join(10)
    assert "/ispdb/eu.provider.example" in loopback.documents.asked


def test_what_the_dns_announces_is_named_as_such(start: Starting) -> None:
    records = FOUND | {
        f"_imaps._tcp.{DOMAIN} SRV": "0 0 993 imap.contoso.example.",
        f"_submission._tcp.{DOMAIN} SRV": "0 0 587 smtp.elsewhere.example.",
    }
    (found,) = start(records).discover().findings
    assert found.source is Source.SRV
    assert found.preset.imap == Server("imap.contoso.example", 993)
    assert found.preset.pop3 is None
    assert found.preset.smtp == Server("smtp.elsewhere.example", 587, Security.STARTTLS)
    assert "not of this domain: smtp.elsewhere.example" in found.words
    assert "imap.contoso.example" not in found.words


def test_announced_servers_of_a_service_we_know(start: Starting) -> None:
    records = FOUND | {
        f"_imaps._tcp.{DOMAIN} SRV": "0 0 993 imap.gmail.com.",
        f"_submission._tcp.{DOMAIN} SRV": "0 0 587 smtp.evil.example.",
    }
    (found,) = start(records).discover().findings
    assert found.preset == by_name("gmail")
    assert "not of this domain: imap.gmail.com" in found.words


def test_sending_alone_is_no_account(start: Starting) -> None:
    records = FOUND | {f"_submissions._tcp.{DOMAIN} SRV": "0 0 465 smtp.contoso.example."}
    assert start(records).discover().findings == ()


def test_usual_names_that_exist_are_a_guess(start: Starting) -> None:
    records = FOUND | {f"mail.{DOMAIN} A": "192.0.2.1", f"smtp.{DOMAIN} AAAA": "2001:db8::1"}
    (found,) = start(records).discover().findings
    assert found.guessed
    assert "guessed" in found.words
    assert found.preset.imap == Server("mail.contoso.example", 993)
    assert found.preset.smtp == Server("smtp.contoso.example", 465)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ({}, "There is no contoso.example in the DNS"),
        ({f"{DOMAIN} MX": "0 ."}, "takes no mail"),
        (FOUND, ""),
    ],
)
def test_nothing_is_found_and_why(start: Starting, records: Records, words: str) -> None:
    found = start(records).discover()
    assert found.findings == ()
    assert words in found.obstacle
    assert bool(words) == bool(found.obstacle)
    assert not found.obstacle.endswith((".", "?"))


def test_a_document_without_encryption_or_with_a_document_type_is_none(start: Starting) -> None:
    documents = {
        OWN: document(server(port=143, security="plain")),
        WELL_KNOWN: b"<!DOCTYPE x><clientConfig/>",
        ISPDB: b"<html>not found</html>",
    }
    assert start(FOUND, documents).discover().findings == ()


def test_a_document_is_not_followed_to_where_there_is_no_encryption(start: Starting) -> None:
    loopback = start(
        FOUND, {OWN: "http://localhost:1/x", WELL_KNOWN: "/there", "/there": imap("imap.contoso.example")}
    )
    (found,) = loopback.discover().findings
    assert found.source is Source.PROVIDER


def test_a_certificate_of_somebody_else_is_not_believed(start: Starting, tmp_path: Path) -> None:
    loopback = start(FOUND, {OWN: imap("imap.contoso.example")})
    untrusting = Lookup(loopback.lookup.resolver, loopback.lookup.provider, loopback.lookup.ispdb)
    assert discover(DOMAIN, untrusting).findings == ()
    assert loopback.documents.asked == []


def test_without_a_network_it_says_so() -> None:
    nowhere = "https://localhost:1/{domain}"
    lookup = Lookup(Resolver(("127.0.0.1",), 1, 0.2), (nowhere,), nowhere, limit=5.0)
    found = discover(DOMAIN, lookup)
    assert found.findings == ()
    assert "network could not be asked" in found.obstacle
    assert not found.obstacle.endswith(".")


def test_silence_ends_in_time(start: Starting) -> None:
    loopback = start(FOUND, {OWN: None, ISPDB: None}, limit=0.5, silent=True)
    started = time.monotonic()
    found = loopback.discover()
    assert time.monotonic() - started < 3
    assert found.findings == ()
    assert "in time" in found.obstacle


def test_what_is_sure_is_not_held_up_by_who_is_slow(start: Starting) -> None:
    records = FOUND | {f"{DOMAIN} MX": "0 aspmx.l.google.com."}
    loopback = start(records, {OWN: None, WELL_KNOWN: None, ISPDB: None}, limit=20.0)
    started = time.monotonic()
    assert loopback.discover().findings[0].preset == by_name("gmail")
    assert time.monotonic() - started < 5
