"""Mail services whose servers are known, as data: what an address, or a name, leads to without a network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.model.account import Auth, Security, Server

_COUNTRY = re.compile(r"(?:com?\.)?[a-z]{2}|com")


@dataclass(frozen=True, slots=True)
class Preset:
    """One mail service. A server that is None does not exist there; all three None: nothing is known.

    `domains` are those of its addresses; one that ends in a dot stands for it under every country's domain.
    `username` and `smtp_username` say how the user name is made: `{address}`, `{local}` (before the @) or
    fixed text; an empty `smtp_username` means the same as for receiving. `files_sent`: sending by its server
    puts the copy into Sent by itself. `note` is what a person must know first, "" for nothing. `issuer` names
    who signs in by OAuth (`model.issuer`), `tenant` the part of its authority, "" for the usual one.
    """

    name: str
    title: str
    domains: tuple[str, ...]
    imap: Server | None
    pop3: Server | None
    smtp: Server | None
    auth: Auth = Auth.PASSWORD
    username: str = "{address}"
    smtp_username: str = ""
    files_sent: bool = False
    note: str = ""
    issuer: str = ""
    tenant: str = ""

    @property
    def sends_only(self) -> bool:
        """Whether there is a server for sending and none for receiving."""
        return self.smtp is not None and self.imap is None and self.pop3 is None

    def user(self, address: str) -> str:
        """The user name for receiving that belongs to an address."""
        return _filled(self.username, address)

    def smtp_user(self, address: str) -> str:
        """The user name for sending that belongs to an address."""
        return _filled(self.smtp_username or self.username, address)


def _filled(rule: str, address: str) -> str:
    return rule.replace("{address}", address).replace("{local}", address.rpartition("@")[0])


MICROSOFT_NOTE = (
    "You sign in with Microsoft in your browser: there is no password here any more, and no app password. "
    "At Outlook.com first let devices and apps use POP and IMAP: on the web under Settings, Mail, Forwarding "
    "and IMAP. At work or school your organisation may have to approve this program."
)
"""Basic sign-in ended on 16 September 2024 for Outlook.com and in October 2022 for Microsoft 365; POP and
IMAP are off for Outlook.com until they are switched on."""

_APP_PASSWORD = (
    "Make an app password on the security page of your account: your own password is refused here."  # noqa: S105
)
_ENABLE_FIRST = "IMAP and POP3 must first be allowed in the settings of your mailbox on the web."
_OUTLOOK = "outlook.office365.com"
_ZOHO_REGIONS = (
    ("", "", "zoho.com", "zohomail.com"),
    (".eu", "Europe", "zoho.eu", "zohomail.eu"),
    (".in", "India", "zoho.in", "zohomail.in"),
    (".com.au", "Australia", "zoho.com.au", "zohomail.com.au"),
    (".jp", "Japan", "zoho.jp", "zohomail.jp"),
    (".ca", "Canada", "zohocloud.ca", "zohomail.ca"),
)


def _tls(host: str, port: int) -> Server:
    return Server(host, port, Security.TLS)


def _starttls(host: str, port: int = 587) -> Server:
    return Server(host, port, Security.STARTTLS)


def _microsoft(
    name: str,
    title: str,
    host: str,
    smtp: str,
    domains: tuple[str, ...] = (),
    issuer: str = "microsoft",
    tenant: str = "organizations",
) -> Preset:
    return Preset(
        name,
        title,
        domains,
        imap=_tls(host, 993),
        pop3=_tls(host, 995),
        smtp=_starttls(smtp),
        auth=Auth.OAUTH2,
        files_sent=True,
        note=MICROSOFT_NOTE,
        issuer=issuer,
        tenant=tenant,
    )


def _zoho(region: str, place: str, root: str, domain: str) -> Preset:
    return Preset(
        f"zoho{region}",
        f"Zoho Mail ({place})" if place else "Zoho Mail",
        (root, domain),
        imap=_tls(f"imap.{root}", 993),
        pop3=_tls(f"pop.{root}", 995),
        smtp=_tls(f"smtp.{root}", 465),
        note=_APP_PASSWORD,
    )


def _zoho_pro(region: str, place: str, root: str, _: str) -> Preset:
    """Organisations with a domain of their own, known by its mail exchanger, have other servers."""
    return Preset(
        f"zoho-pro{region}",
        f"Zoho Mail for organisations ({place})" if place else "Zoho Mail for organisations",
        (),
        imap=_tls(f"imappro.{root}", 993),
        pop3=_tls(f"poppro.{root}", 995),
        smtp=_tls(f"smtppro.{root}", 465),
        note=_APP_PASSWORD,
    )


def _gmx(name: str, title: str, end: str, domains: tuple[str, ...]) -> Preset:
    return Preset(
        name,
        title,
        domains,
        imap=_tls(f"imap.gmx.{end}", 993),
        pop3=_tls(f"pop.gmx.{end}", 995),
        smtp=_starttls(f"mail.gmx.{end}"),
        note=_ENABLE_FIRST,
    )


PRESETS: tuple[Preset, ...] = (
    _microsoft(
        "outlook",
        "Outlook.com",
        _OUTLOOK,
        "smtp-mail.outlook.com",
        ("outlook.", "hotmail.", "live.", "msn.com", "windowslive.com", "passport.com", "livemail.tw"),
        tenant="consumers",
    ),
    _microsoft("microsoft365", "Microsoft 365", _OUTLOOK, "smtp.office365.com", ("onmicrosoft.com",)),
    _microsoft("microsoft-gcc", "Microsoft 365 GCC (US Government)", _OUTLOOK, "smtp.office365.com"),
    Preset(
        "gmail",
        "Gmail",
        ("gmail.com", "googlemail.com"),
        imap=_tls("imap.gmail.com", 993),
        pop3=_tls("pop.gmail.com", 995),
        smtp=_tls("smtp.gmail.com", 465),
        files_sent=True,
        issuer="google",
        note="Google wants two-step verification switched on and an app password made for this program.",
    ),
    Preset(
        "yahoo.co.jp",
        "Yahoo! Japan Mail",
        ("yahoo.co.jp", "ymail.ne.jp"),
        imap=_tls("imap.mail.yahoo.co.jp", 993),
        pop3=_tls("pop.mail.yahoo.co.jp", 995),
        smtp=_tls("smtp.mail.yahoo.co.jp", 465),
        note=_ENABLE_FIRST,
    ),
    Preset(
        "yahoo",
        "Yahoo Mail",
        ("yahoo.", "ymail.com", "rocketmail.com"),
        imap=_tls("imap.mail.yahoo.com", 993),
        pop3=_tls("pop.mail.yahoo.com", 995),
        smtp=_tls("smtp.mail.yahoo.com", 465),
        note=_APP_PASSWORD,
    ),
    Preset(
        "aol",
        "AOL Mail",
        ("aol.", "aim.com"),
        imap=_tls("imap.aol.com", 993),
        pop3=_tls("pop.aol.com", 995),
        smtp=_tls("smtp.aol.com", 465),
        note=_APP_PASSWORD,
    ),
    Preset(
        "icloud",
        "iCloud Mail",
        ("icloud.com", "me.com", "mac.com"),
        imap=_tls("imap.mail.me.com", 993),
        pop3=None,
        smtp=_starttls("smtp.mail.me.com"),
        username="{local}",
        smtp_username="{address}",
        note="Make an app-specific password on the page of your Apple account. There is no POP3 here.",
    ),
    Preset(
        "fastmail",
        "Fastmail",
        ("fastmail.com", "fastmail.fm"),
        imap=_tls("imap.fastmail.com", 993),
        pop3=_tls("pop.fastmail.com", 995),
        smtp=_tls("smtp.fastmail.com", 465),
        note=_APP_PASSWORD,
    ),
    _gmx("gmx", "GMX (gmx.net)", "net", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch")),
    _gmx("gmx.com", "GMX (gmx.com)", "com", ("gmx.com", "gmx.us", "gmx.co.uk")),
    Preset(
        "web.de",
        "WEB.DE",
        ("web.de",),
        imap=_tls("imap.web.de", 993),
        pop3=_tls("pop3.web.de", 995),
        smtp=_starttls("smtp.web.de"),
        note=_ENABLE_FIRST,
    ),
    *(_zoho(*region) for region in _ZOHO_REGIONS),
    *(_zoho_pro(*region) for region in _ZOHO_REGIONS),
    Preset(
        "posteo",
        "Posteo",
        ("posteo.de", "posteo.net"),
        imap=_tls("posteo.de", 993),
        pop3=_tls("posteo.de", 995),
        smtp=_tls("posteo.de", 465),
    ),
    Preset(
        "proton",
        "Proton Mail (by Bridge)",
        ("proton.me", "protonmail.", "pm.me"),
        imap=_starttls("127.0.0.1", 1143),
        pop3=None,
        smtp=_starttls("127.0.0.1", 1025),
        note="Proton Mail Bridge must run on this computer. Use the password it shows, export its "
        "certificate and give that file as the certificate authority.",
    ),
    _microsoft(
        "microsoft-gcc-high",
        "Microsoft 365 GCC High",
        "outlook.office365.us",
        "smtp.office365.us",
        ("onmicrosoft.us",),
        issuer="microsoft-us",
    ),
    _microsoft(
        "microsoft-dod",
        "Microsoft 365 DoD",
        "outlook-dod.office365.us",
        "outlook-dod.office365.us",
        issuer="microsoft-dod",
    ),
    _microsoft(
        "microsoft-china",
        "Microsoft 365 by 21Vianet (China)",
        "partner.outlook.cn",
        "smtp.partner.outlook.cn",
        ("partner.onmschina.cn",),
        issuer="microsoft-china",
    ),
    Preset(
        "mailtrap-live",
        "Mailtrap, live (only sends)",
        (),
        imap=None,
        pop3=None,
        smtp=_starttls("live.smtp.mailtrap.io"),
        username="api",
        note="The password is an API token of Mailtrap. The sender's domain must be verified there.",
    ),
    Preset(
        "mailtrap-bulk",
        "Mailtrap, bulk (only sends)",
        (),
        imap=None,
        pop3=None,
        smtp=_starttls("bulk.smtp.mailtrap.io"),
        username="api",
        note="The password is an API token of Mailtrap. The sender's domain must be verified there.",
    ),
    Preset(
        "mailtrap-sandbox",
        "Mailtrap, sandbox (delivers nothing)",
        (),
        imap=None,
        pop3=None,
        smtp=_starttls("sandbox.smtp.mailtrap.io"),
        username="",
        note="User name and password are those of your sandbox. What is sent stays there: it reaches nobody.",
    ),
    Preset("other", "Another mail service", (), imap=None, pop3=None, smtp=None),
)
"""In the order in which they are offered."""


def by_name(name: str) -> Preset | None:
    """The preset of that name, or None."""
    return next((preset for preset in PRESETS if preset.name == name), None)


def by_address(address: str) -> Preset | None:
    """The preset whose domains an address is of, or None. Any domain may be Microsoft's or Google's too."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    return next((preset for preset in PRESETS if _owns(preset, domain)), None)


def guessed(address: str) -> Preset:
    """What is most often right for a domain nobody knows: imap., pop. and smtp. before it, with TLS.

    RFC 8314 3.3 asks for implicit TLS on 993, 995 and 465.
    """
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    return Preset(
        "other",
        "Another mail service",
        (),
        imap=_tls(f"imap.{domain}", 993),
        pop3=_tls(f"pop.{domain}", 995),
        smtp=_tls(f"smtp.{domain}", 465),
    )


def files_sent(smtp_host: str) -> bool:
    """Whether a sending server is known to put a copy into the Sent folder by itself."""
    host = smtp_host.lower().rstrip(".")
    return any(preset.files_sent and preset.smtp and preset.smtp.host == host for preset in PRESETS)


def _owns(preset: Preset, domain: str) -> bool:
    return any(_of(domain, known) for known in preset.domains)


def _of(domain: str, known: str) -> bool:
    if known.endswith("."):
        return domain.startswith(known) and _COUNTRY.fullmatch(domain.removeprefix(known)) is not None
    return domain == known or domain.endswith("." + known)
