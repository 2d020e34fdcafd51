"""Documents of mail settings: those that providers publish, and those that nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.account import Auth, Security, Server
from tui.model.preset import Preset, by_name
from tui.net import autoconfig, xml_tree
from tui.net.autoconfig import is_host

DOMAIN = "contoso.example"


def server(
    kind: str = "imap",
    host: str = "imap.contoso.example",
    port: object = 993,
    security: str = "SSL",
    username: str = "%EMAILADDRESS%",
    ways: str = "<authentication>password-cleartext</authentication>",
) -> str:
    element = "outgoingServer" if kind == "smtp" else "incomingServer"
    return (
        f'<{element} type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{security}</socketType><username>{username}</username>{ways}</{element}>"
    )


def document(*servers: str, name: str = "Contoso", domain: str = DOMAIN) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<clientConfig version="1.1"><emailProvider id="{domain}">'
        f"<domain>{domain}</domain><displayName>{name}</displayName>{''.join(servers)}</emailProvider>"
        "</clientConfig>"
    ).encode()


def read(*servers: str, name: str = "Contoso") -> Preset:
    found = autoconfig.read(document(*servers, name=name), DOMAIN)
    assert found is not None
    return found


def oauth(*others: str) -> str:
    return "".join(f"<authentication>{way}</authentication>" for way in ("OAuth2", *others))


def test_the_first_of_each_kind_that_can_be_used() -> None:
    found = read(
        server(port=143, security="plain"),
        server(port=143, security="STARTTLS"),
        server(),
        server("pop3", "pop.contoso.example", 995),
        server("smtp", "smtp.contoso.example", 465, username="%EMAILLOCALPART%"),
        server("ews", "ews.contoso.example"),
    )
    assert found == Preset(
        "other",
        "Contoso",
        (),
        imap=Server("imap.contoso.example", 143, Security.STARTTLS),
        pop3=Server("pop.contoso.example", 995, Security.TLS),
        smtp=Server("smtp.contoso.example", 465, Security.TLS),
        smtp_username="{local}",
    )


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("%EMAILADDRESS%", "you@contoso.example"),
        ("%EMAILLOCALPART%", "you"),
        ("%EMAILLOCALPART%.%EMAILDOMAIN%", "you.contoso.example"),
        ("fixed", "fixed"),
        ("", "you@contoso.example"),
        ("%REALNAME%", "you@contoso.example"),
        ("a b", "you@contoso.example"),
    ],
)
def test_user_names_follow_the_placeholders(text: str, user: str) -> None:
    assert read(server(username=text)).user("you@contoso.example") == user


def test_a_placeholder_in_a_host() -> None:
    found = read(server(host="mail.%EMAILDOMAIN%."))
    assert found.imap == Server("mail.contoso.example", 993)


@pytest.mark.parametrize(
    "servers",
    [
        (),
        (server(security="plain"),),
        (server(security=""),),
        (server(host="127.0.0.1"),),
        (server(host="localhost"),),
        (server(host="-x.contoso.example"),),
        (server(host="imap.contoso.example/../x"),),
        (server(host="imap.contoso.example&#10;x"),),
        (server(host="ímap.contoso.example"),),
        (server(port=0),),
        (server(port=65536),),
        (server(port="9e3"),),
        (server(port="٩٩٣"),),
        (server(ways="<authentication>GSSAPI</authentication>"),),
        (server(ways="<authentication>none</authentication>"),),
        (server("ews"),),
        (server("smtp"),),
        (server(ways=oauth()),),
    ],
)
def test_what_cannot_be_used_is_not_there(servers: tuple[str, ...]) -> None:
    assert autoconfig.read(document(*servers), DOMAIN) is None


def test_a_password_where_the_token_would_come_from_nobody_we_know() -> None:
    found = read(server(ways=oauth("password-cleartext")))
    assert found.auth is Auth.PASSWORD
    assert found.issuer == ""


@pytest.mark.parametrize(
    ("imap", "smtp", "name"),
    [
        ("imap.gmail.com", "smtp.gmail.com", "gmail"),
        ("outlook.office365.com", "smtp.office365.com", "microsoft365"),
        ("outlook.office365.com", "smtp-mail.outlook.com", "outlook"),
        ("outlook.office365.com", "smtp.evil.example", "microsoft365"),
        ("OUTLOOK.office365.us", "smtp.office365.us", "microsoft-gcc-high"),
    ],
)
def test_servers_of_a_service_we_know_are_that_service(imap: str, smtp: str, name: str) -> None:
    """And with none of anybody else's servers, which would be given its token."""
    found = read(server(host=imap, ways=oauth()), server("smtp", smtp, 587, "STARTTLS", ways=oauth()))
    assert found == by_name(name)


def test_the_provider_that_the_domain_belongs_to() -> None:
    two = document(server()).replace(
        b"<emailProvider",
        b'<emailProvider id="x"><domain>other.example</domain>'
        + server(host="imap.other.example").encode()
        + b"</emailProvider><emailProvider",
        1,
    )
    assert (one := autoconfig.read(two, DOMAIN)) and one.imap == Server("imap.contoso.example", 993)
    assert (one := autoconfig.read(two, "third.example")) and one.imap == Server("imap.other.example", 993)


@pytest.mark.parametrize("place", [b"</emailProvider>", b"</clientConfig>"])
def test_what_the_provider_wants_first_is_said_in_our_words(place: bytes) -> None:
    wants = (
        b'<enable visiturl="https://x.example/?a=1&amp;b=2"><instruction>Call 555-0100</instruction></enable>'
    )
    found = autoconfig.read(document(server()).replace(place, wants + place), DOMAIN)
    assert found is not None
    assert "first be allowed" in found.note
    assert "555" not in found.note
    assert read(server()).note == ""


def test_elements_nobody_needs_are_passed_over() -> None:
    found = read(
        "<!-- MX e.g. example.mail.contoso.example -->",
        '<incomingServer type="ews"><username>%EMAILADDRESS</username><url>https://x.example/</url>'
        "</incomingServer>",
        server().replace("</incomingServer>", "<pop3><daysToLeaveMessagesOnServer/></pop3></incomingServer>"),
        '<documentation url="https://x.example"><descr lang="de">Äpfel</descr></documentation>',
    )  # fmt: skip
    assert found.imap == Server("imap.contoso.example", 993)


def test_a_name_that_would_act_on_the_terminal() -> None:
    assert "\x1b" not in read(server(), name="Con&#x202e;toso" + "x" * 900).title
    assert "\u202e" not in read(server(), name="Con&#x202e;toso").title
    assert len(read(server(), name="x" * 900).title) <= 60
    assert read(server(), name="").title == DOMAIN


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE clientConfig [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<clientConfig><emailProvider><displayName>&b;</displayName></emailProvider></clientConfig>"""
FILE = b"""<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><clientConfig>&f;</clientConfig>"""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<html><body>404</body></html>",
        b"<clientConfig/>",
        b"<clientConfig><emailProvider>",
        b"<clientConfig>&undefined;</clientConfig>",
        LAUGHS,
        FILE,
        b"<!DOCTYPE clientConfig SYSTEM 'https://evil.example/x.dtd'><clientConfig/>",
        LAUGHS.decode().encode("utf-16"),
        document(name="x" * xml_tree.MOST_OCTETS),
        document("<a>" * 1000 + "</a>" * 1000),
        document("<a/>" * 5000),
        b"\xff\xfe" + document(),
    ],
)
def test_documents_that_are_none(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        autoconfig.read(data, DOMAIN)


@given(st.binary(max_size=200))
def test_any_octets_end_in_an_answer_or_a_refusal(data: bytes) -> None:
    for octets in (data, document(server()).replace(b"imap.contoso.example", data)):
        try:
            found = autoconfig.read(octets, DOMAIN)
        except ValueError:
            continue
        assert found is None or (found.imap and is_host(found.imap.host))


@given(st.text(max_size=300))
def test_a_host_is_never_more_than_a_name(text: str) -> None:
    if is_host(text):
        assert text.isascii()
        assert not set(text) - set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert all(0 < len(label) <= 63 for label in text.split("."))


@pytest.mark.parametrize(
    "text", ["", "a", "a.", ".a.b", "a..b", "1.2.3.4", "a.1", "A.b", "a_.b", "x" * 64 + ".de"]
)
def test_no_hosts(text: str) -> None:
    assert not is_host(text)
