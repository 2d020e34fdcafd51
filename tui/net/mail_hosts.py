"""Names in the DNS by which a service is recognised behind any domain, as data.

Compared label by label, so that `evil-outlook.com.example` is nobody's.
"""

from __future__ import annotations

MAIL_EXCHANGERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("olc.protection.outlook.com", ("outlook",)),
    ("mail.protection.outlook.com", ("microsoft365",)),
    ("mx.microsoft", ("microsoft365",)),  # with DNSSEC
    ("mail.protection.partner.outlook.cn", ("microsoft-china",)),
    ("office365.us", ("microsoft-gcc-high", "microsoft-dod")),
    ("google.com", ("gmail",)),
    ("googlemail.com", ("gmail",)),
    ("mx-aol.mail.gm0.yahoodns.net", ("aol",)),
    ("yahoodns.net", ("yahoo",)),
    ("mail.icloud.com", ("icloud",)),
    ("messagingengine.com", ("fastmail",)),
    ("zoho.com", ("zoho-pro",)),
    ("zoho.eu", ("zoho-pro.eu",)),
    ("zoho.in", ("zoho-pro.in",)),
    ("zoho.com.au", ("zoho-pro.com.au",)),
    ("zoho.jp", ("zoho-pro.jp",)),
    ("zohocloud.ca", ("zoho-pro.ca",)),
    ("protonmail.ch", ("proton",)),
)
"""Whose mail exchangers end in which labels; the first that fits holds. Several: they share their hosts."""

AUTODISCOVER: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("outlook.com", ("microsoft365",)),
    ("office365.com", ("microsoft365",)),
    ("partner.outlook.cn", ("microsoft-china",)),
    ("autodiscover-s-dod.office365.us", ("microsoft-dod",)),
    ("autodiscover-dod.office365.us", ("microsoft-dod",)),
    ("office365.us", ("microsoft-gcc-high",)),
)
"""Where `autodiscover.` of a domain at Exchange Online leads to: a filter before the mailbox hides its MX."""

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})


def recognised(host: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """The names of the presets that a host belongs to by a table, () when it is nobody's we know."""
    return next((names for ending, names in table if is_within(host, ending)), ())


def is_within(host: str, domain: str) -> bool:
    """Whether a host is the domain itself or below it."""
    host = host.lower().rstrip(".")
    return host == domain or host.endswith("." + domain)


def domains_of(host: str) -> tuple[str, ...]:
    """The domains that the settings for a mail exchanger may be filed under: it without its first label, and
    its registered domain (by the usual second levels such as `co.uk`; a wrong one is merely not found)."""
    labels = host.lower().rstrip(".").split(".")
    short_top = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SECOND_LEVEL
    registered = labels[-3:] if short_top else labels[-2:]
    candidates = (labels[1:], registered)
    return tuple(dict.fromkeys(".".join(one) for one in candidates if len(one) >= len(registered) > 1))
