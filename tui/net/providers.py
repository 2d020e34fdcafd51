"""What is known of mail services, so that an address is enough to set up an account.

Facts of November 2026. Nothing here is looked up on the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.model.account import Auth, Security, Server


class UsernameRule(StrEnum):
    """What the user name is: the whole ADDRESS, its LOCAL part (before the @), or a FIXED word."""

    ADDRESS = "address"
    LOCAL = "local"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Preset:
    """The servers and customs of one mail service.

    `domains` are those of its addresses; an entry that ends in a dot stands for all countries
    (`hotmail.` means hotmail.com, hotmail.fr, …). `incoming_username` and `smtp_username` say what the user
    name is, `fixed_username` is the word for FIXED. `files_sent` says that its sending server puts a copy
    into Sent by itself. `note` is a sentence for the person who sets the account up.
    """

    name: str
    title: str
    domains: tuple[str, ...] = ()
    imap: Server | None = None
    pop3: Server | None = None
    smtp: Server | None = None
    auth: Auth = Auth.PASSWORD
    incoming_username: UsernameRule = UsernameRule.ADDRESS
    smtp_username: UsernameRule = UsernameRule.ADDRESS
    fixed_username: str = ""
    files_sent: bool = False
    note: str = ""

    def username(self, address: str, *, sending: bool = False) -> str:
        """The user name for receiving, or for sending, that belongs to an address."""
        rule = self.smtp_username if sending else self.incoming_username
        if rule is UsernameRule.FIXED:
            return self.fixed_username
        return address.rpartition("@")[0] if rule is UsernameRule.LOCAL else address


_APP_PASSWORD = "Needs an app password, made on the security page of the account."  # noqa: S105
_ENABLE = "Switch on POP3 and IMAP in the mail settings of the web page first."
_MAILTRAP_NOTE = "Sends only. The From address must belong to a domain that is verified at Mailtrap."


def _tls(host: str, port: int) -> Server:
    return Server(host, port, Security.TLS)


def _starttls(host: str, port: int = 587) -> Server:
    return Server(host, port, Security.STARTTLS)


PRESETS: tuple[Preset, ...] = (
    Preset(
        "outlook.com", "Outlook.com, Hotmail, Live, MSN",
        ("outlook.", "hotmail.", "live.", "msn.com", "windowslive.com", "passport.com"),
        _tls("outlook.office365.com", 993), _tls("outlook.office365.com", 995),
        _starttls("smtp-mail.outlook.com"), Auth.OAUTH2, files_sent=True,
        note="Takes no passwords, only a token; switch on POP and IMAP in the settings of Outlook.com first.",
    ),
    Preset(
        "microsoft365", "Microsoft 365 (work or school)", ("onmicrosoft.com",),
        _tls("outlook.office365.com", 993), _tls("outlook.office365.com", 995),
        _starttls("smtp.office365.com"), Auth.OAUTH2, files_sent=True,
        note="Takes no passwords, only a token; an administrator may have to allow this program first.",
    ),
    Preset(
        "gmail", "Gmail, Google Workspace", ("gmail.com", "googlemail.com"),
        _tls("imap.gmail.com", 993), _tls("pop.gmail.com", 995), _tls("smtp.gmail.com", 465),
        files_sent=True, note=_APP_PASSWORD,
    ),
    Preset(
        "mailtrap", "Mailtrap (sending single mails)", (),
        smtp=_starttls("live.smtp.mailtrap.io"), smtp_username=UsernameRule.FIXED, fixed_username="api",
        note=f"{_MAILTRAP_NOTE} The password is the API token.",
    ),
    Preset(
        "mailtrap-bulk", "Mailtrap (sending bulk mail)", (),
        smtp=_starttls("bulk.smtp.mailtrap.io"), smtp_username=UsernameRule.FIXED, fixed_username="api",
        note=f"{_MAILTRAP_NOTE} The password is the API token.",
    ),
    Preset(
        "mailtrap-sandbox", "Mailtrap sandbox (delivers nothing, for tests)", (),
        smtp=_starttls("sandbox.smtp.mailtrap.io"),
        note="Delivers nothing to anybody. User name and password are those of the sandbox inbox.",
    ),
    Preset(
        "icloud", "iCloud Mail", ("icloud.com", "me.com", "mac.com"),
        _tls("imap.mail.me.com", 993), None, _starttls("smtp.mail.me.com"),
        incoming_username=UsernameRule.LOCAL, note=_APP_PASSWORD,
    ),
    Preset(
        "yahoo", "Yahoo Mail", ("yahoo.", "ymail.com", "rocketmail.com"),
        _tls("imap.mail.yahoo.com", 993), _tls("pop.mail.yahoo.com", 995), _tls("smtp.mail.yahoo.com", 465),
        note=_APP_PASSWORD,
    ),
    Preset(
        "aol", "AOL Mail", ("aol.com", "aim.com"),
        _tls("imap.aol.com", 993), _tls("pop.aol.com", 995), _tls("smtp.aol.com", 465), note=_APP_PASSWORD,
    ),
    Preset(
        "fastmail", "Fastmail", ("fastmail.com", "fastmail.fm"),
        _tls("imap.fastmail.com", 993), _tls("pop.fastmail.com", 995), _tls("smtp.fastmail.com", 465),
        note=_APP_PASSWORD,
    ),
    Preset(
        "gmx", "GMX", ("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        _tls("imap.gmx.net", 993), _tls("pop.gmx.net", 995), _starttls("mail.gmx.net"), note=_ENABLE,
    ),
    Preset(
        "gmx.com", "GMX (international)", ("gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es"),
        _tls("imap.gmx.com", 993), _tls("pop.gmx.com", 995), _starttls("mail.gmx.com"), note=_ENABLE,
    ),
    Preset(
        "web.de", "WEB.DE", ("web.de", "email.de"),
        _tls("imap.web.de", 993), _tls("pop3.web.de", 995), _starttls("smtp.web.de"), note=_ENABLE,
    ),
    Preset(
        "zoho", "Zoho Mail", ("zoho.com", "zohomail.com"),
        _tls("imap.zoho.com", 993), _tls("pop.zoho.com", 995), _tls("smtp.zoho.com", 465),
        note=_APP_PASSWORD,
    ),
    Preset(
        "posteo", "Posteo", ("posteo.de", "posteo.net", "posteo.org"),
        _tls("posteo.de", 993), _tls("posteo.de", 995), _tls("posteo.de", 465),
    ),
)  # fmt: skip


def by_name(name: str) -> Preset | None:
    """The preset of that name (any case), or None."""
    return next((preset for preset in PRESETS if preset.name == name.lower()), None)


def by_address(address: str) -> Preset | None:
    """The preset whose service an address belongs to by its domain, or None for a domain of one's own."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    labels = domain.split(".")
    for preset in PRESETS:
        for known in preset.domains:
            if known.endswith("."):  # one label, then a country: hotmail.fr, hotmail.co.uk
                if labels[0] == known[:-1] and 2 <= len(labels) <= 3:
                    return preset
            elif domain == known or domain.endswith(f".{known}"):
                return preset
    return None


def files_sent(smtp_host: str) -> bool:
    """Whether a sending server is known to put a copy into the Sent folder by itself."""
    host = smtp_host.lower().rstrip(".")
    return any(preset.files_sent and preset.smtp and preset.smtp.host == host for preset in PRESETS)
