"""Where a link really leads, and what is odd about it, in plain words."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

from tui.mail import addresses
from tui.model.content import Link
from tui.model.safe_text import safe_line

_KNOWN = frozenset({"http", "https", "mailto", "tel", "sms", "ftp", "xmpp", "geo", "callto", "webcal"})
_HOST_IN_TEXT = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,24})(?::\d+)?(?=[/?#\s]|\Z)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:)")
_SPACE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
# Browsers read a backslash as a slash, so that `https://good\\@bad` leads to good, and mind no missing slash.
_AUTHORITY = re.compile(r"https?:[/\\]*([^/\\?#]*)", re.IGNORECASE)
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_LONGEST = 8000
# Endings under which everybody can have a name, so that the third label from the right names the owner.
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "ne", "or", "go"})
_DANGEROUS = {
    "javascript": "This link would run a script; it is not opened.",
    "vbscript": "This link would run a script; it is not opened.",
    "data": "This link carries a page inside itself; it is not opened.",
    "file": "This link points to a file on a computer, not to the web; it is not opened.",
}


def make(text: str, href: str) -> Link | None:
    """The link of an <a href> or of a bare address in text; None for anchors inside the mail.

    A Safe Links address is replaced by the address wrapped in it.
    """
    url = (
        _SPACE.sub("", href[:_LONGEST])
        if not href.lstrip().lower().startswith("mailto:")
        else href.strip()[:_LONGEST]
    )
    if not url or url.startswith("#"):
        return None
    target = unwrapped(url)
    return Link(safe_line(text, 300), safe_line(target, _LONGEST), warning(text, target))


def unwrapped(url: str) -> str:
    """The address inside a Microsoft Safe Links address; any other address as it is."""
    if _SAFE_LINKS not in url.lower():
        return url
    parts = _parts(url)
    if parts is None or not parts[1].endswith(_SAFE_LINKS):
        return url
    inner = parse_qs(urlsplit(url).query, max_num_fields=50).get("url", [""])[0]
    return inner if inner.startswith(("http://", "https://", "mailto:")) else url


def mentions_safe_links(text: str) -> bool:
    """Whether there are Safe Links addresses in the source of a text."""
    return _SAFE_LINKS in text.lower()


def warning(text: str, url: str) -> str:
    """A sentence on why not to trust the link, "" when nothing is odd."""
    scheme = _SCHEME.match(url)
    name = scheme[0].lower() if scheme else ""
    if name in _DANGEROUS:
        return _DANGEROUS[name]
    if name and name not in _KNOWN and not re.match(r"[\w.-]+\.[a-z]{2,}:\d", url, re.IGNORECASE):
        return f"This link asks for another program ({safe_line(name, 40)}:)."
    if name not in ("http", "https"):
        return "" if name else "This link does not say where it leads."
    parts = _parts(url)
    if parts is None or not parts[1]:
        return "This link's address is broken."
    return _about_host(text, *parts)


def _about_host(text: str, userinfo: str, host: str) -> str:
    shown = addresses.domain_shown(host)
    if userinfo:
        return f"What stands before the @ is bait: this link leads to {safe_line(host, 100)}."
    if not shown.isascii() and mixes_scripts(shown):
        return f"The address {safe_line(shown, 100)} mixes alphabets to look like another one."
    named = _HOST_IN_TEXT.match(text.strip()[:300])
    if named and "@" not in text[:300] and owner(named[1]) != owner(host):
        return f"The text says {safe_line(named[1], 100)}, but the link leads to {safe_line(host, 100)}."
    if host != shown or not host.isascii():
        return f"The address has letters beyond A to Z: {safe_line(shown, 100)}."
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}|0x[0-9a-f]+|\d{6,}", host) or ":" in host:
        return f"This link leads to a bare computer address ({safe_line(host, 60)}), not to a name."
    return ""


def _parts(url: str) -> tuple[str, str] | None:
    """User information and host of an http address, or None when there is no host to be made out."""
    authority = _AUTHORITY.match(url)
    if authority is None:
        return None
    userinfo, _, rest = authority[1].rpartition("@")
    host = rest[: rest.find("]") + 1] if rest.startswith("[") else rest.partition(":")[0]
    return userinfo, unquote(host).strip("[]").rstrip(".").lower()


def owner(host: str) -> str:
    """The part of a host name that somebody registered, as well as can be told without a list of suffixes."""
    labels = host.lower().rstrip(".").split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def mixes_scripts(text: str) -> bool:
    """Whether one label mixes Latin letters with those of Greek, Cyrillic, Armenian or Cherokee."""
    for label in text.split("."):
        scripts = {unicodedata.name(char, "?").split(" ", 1)[0] for char in label if char.isalpha()}
        if len(scripts & {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"}) > 1:
            return True
    return False
