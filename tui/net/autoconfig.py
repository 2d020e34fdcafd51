"""Mail settings as providers and the ISPDB publish them: the autoconfig document of Thunderbird, version 1.1.

https://www.bucksch.org/1/projects/thunderbird/autoconfiguration/config-file-format.html, and
draft-ietf-mailmaint-autoconfig. Types we do not know are passed over; a server without encryption, or one
that takes no sign-in of ours, is not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tui.model.account import Auth, Security, Server
from tui.model.preset import PRESETS, Preset
from tui.model.safe_text import safe_line
from tui.net import xml_tree
from tui.net.xml_tree import Element

_SECURITY = {"ssl": Security.TLS, "starttls": Security.STARTTLS}
_PASSWORDS = frozenset({"password-cleartext", "password-encrypted", "plain", "secure"})
_FIRST_ALLOW = (
    "Mail programs must first be allowed on the provider's web pages; it may want an app password there."
)
"""For documents with an `enable` element, whose own words are not repeated: anybody may have written them."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_USERNAME = re.compile(r"[^\s\x00-\x1f\x7f%]{1,320}")


@dataclass(frozen=True, slots=True)
class _Offer:
    """A server of the document that could be used, how its user name is made, and which secrets it takes."""

    server: Server
    username: str
    password: bool
    oauth: bool


def is_host(text: str) -> bool:
    """Whether this is the name of a host in ASCII, with a dot in it, and no address written in numbers."""
    return _HOST.fullmatch(text) is not None


def read(document: bytes, domain: str) -> Preset | None:
    """What a document says for an address of `domain` (A-labels), or None when nothing of it can be used.

    Where its servers are those of a service we know, the answer is that service. Raises ValueError when it
    is no such document.
    """
    root = xml_tree.read(document)
    providers = list(root.all("emailProvider"))
    if root.name != "clientConfig" or not providers:
        raise ValueError("not an autoconfig document")
    fitting = [one for one in providers if domain in (text.lower() for text in one.texts("domain"))]
    provider = (fitting or providers)[0]
    first_allow = any(next(element.all("enable"), None) is not None for element in (root, provider))
    return _preset(provider, domain, _FIRST_ALLOW if first_allow else "")


def _preset(provider: Element, domain: str, note: str) -> Preset | None:
    imap = _offers(provider.all("incomingServer"), "imap", domain)
    pop3 = _offers(provider.all("incomingServer"), "pop3", domain)
    smtp = _offers(provider.all("outgoingServer"), "smtp", domain)
    receiving = imap + pop3
    for offer in receiving:
        if known := served_by(offer.server, *(one.server for one in smtp)):
            return known
    chosen = [next((one for one in offers if one.password), None) for offers in (imap, pop3, smtp)]
    first_imap, first_pop3, first_smtp = chosen
    first = first_imap or first_pop3
    if first is None:
        return None
    return Preset(
        "other",
        safe_line(provider.text_of("displayName"), 60) or domain,
        (),
        imap=first_imap.server if first_imap else None,
        pop3=first_pop3.server if first_pop3 else None,
        smtp=first_smtp.server if first_smtp else None,
        auth=Auth.PASSWORD,
        username=first.username,
        smtp_username=first_smtp.username if first_smtp else "",
        note=note,
    )


def served_by(receiving: Server, *sending: Server) -> Preset | None:
    """The service we know that receives on this host; where several do, the one that sends on these.

    It comes with its own servers only: a token for it must never reach one that somebody else has named.
    """
    hosts = {server.host for server in sending}

    def fits(preset: Preset) -> tuple[bool, bool]:
        return preset.smtp is not None and preset.smtp.host in hosts, preset.tenant != "consumers"

    found = [
        one for one in PRESETS for server in (one.imap, one.pop3) if server and server.host == receiving.host
    ]
    return max(found, key=fits, default=None)


def _offers(elements: Iterable[Element], kind: str, domain: str) -> list[_Offer]:
    """The servers of one type that can be used, in the document's order, which is that of preference."""
    found = (_offer(element, domain) for element in elements if element.attributes.get("type") == kind)
    return [one for one in found if one is not None]


def _offer(element: Element, domain: str) -> _Offer | None:
    host = element.text_of("hostname").replace("%EMAILDOMAIN%", domain).lower().rstrip(".")
    port = element.text_of("port")
    security = _SECURITY.get(element.text_of("socketType").lower())
    ways = {text.lower() for text in element.texts("authentication")}
    password, oauth = not ways or bool(ways & _PASSWORDS), "oauth2" in ways
    if security is None or not is_host(host) or not re.fullmatch(r"[1-9]\d{0,4}", port, re.ASCII):
        return None
    if int(port) > 0xFFFF or not (password or oauth):
        return None
    return _Offer(Server(host, int(port), security), _username(element, domain), password, oauth)


def _username(element: Element, domain: str) -> str:
    """The rule for the user name, as `Preset.username` writes it; the address where none can be made out."""
    text = element.text_of("username")
    for placeholder, rule in (
        ("%EMAILADDRESS%", "{address}"),
        ("%EMAILLOCALPART%", "{local}"),
        ("%EMAILDOMAIN%", domain),
    ):
        text = text.replace(placeholder, rule)
    return text if _USERNAME.fullmatch(text) else "{address}"
