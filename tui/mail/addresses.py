"""Addresses as people type and paste them, and what the wire asks of an address (RFC 5321, 5890, 6531)."""

from __future__ import annotations

import re

from tui.mail import mailboxes
from tui.model.message import Address

_SPLIT = re.compile(r"[,;\n]")
_GUARDED = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*"?|<[^<>\n]*+>|\([^()\\]*+(?:\\.[^()\\]*+)*\)|[,;\n]|[^",;\n<(]++|.', re.DOTALL
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]]+|\"(?:[^\"\\]|\\.)*\"")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE)
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def parse_list(text: str) -> tuple[list[Address], list[str]]:
    """The addresses in a typed or pasted list, each once, and the entries that are no usable address.

    Entries may be parted by commas, semicolons, line breaks, or blanks where every piece is an address.
    """
    good: dict[str, Address] = {}
    bad: list[str] = []
    for entry in _entries(text):
        words = entry.split()
        if all(map(is_usable, words)):
            for word in words:
                good.setdefault(word.lower(), Address(None, word))
            continue
        found = mailboxes.parse(entry)
        whole = ("<" in entry or is_usable(words[-1])) and not _CONTROL.search(entry.replace("\t", " "))
        if whole and len(found) == 1 and is_usable(found[0].address):
            good.setdefault(found[0].address.lower(), found[0])
        else:
            bad.append(entry)
    return list(good.values()), bad


def _entries(text: str) -> list[str]:
    entries: list[str] = []
    current: list[str] = []
    for match in _GUARDED.finditer(text):
        if _SPLIT.fullmatch(match[0]):
            entries.append("".join(current))
            current = []
        else:
            current.append(match[0])
    entries.append("".join(current))
    return [cleaned for entry in entries if (cleaned := entry.strip().removeprefix("mailto:"))]


def is_usable(address: str) -> bool:
    """Whether mail can be sent to this addr-spec at all (RFC 5321 4.1.2, 4.5.3.1; UTF-8 as in RFC 6531)."""
    local, at, domain = address.rpartition("@")
    if not at or _CONTROL.search(address) or not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        return False
    return bool(_LITERAL.fullmatch(domain)) or ascii_domain(domain) is not None


def ascii_domain(domain: str) -> str | None:
    """The domain as A-labels (RFC 5891), or None when it cannot be one."""
    text = domain.removesuffix(".")
    if not text.isascii():
        import idna

        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    fits = len(text) <= 253 and all(_LABEL.fullmatch(label) for label in text.split("."))
    return text if fits else None


def wire(address: str) -> str | None:
    """The addr-spec as it goes to a server: domain in A-labels; None when it is not usable."""
    if not is_usable(address):
        return None
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain if domain.startswith('[') else ascii_domain(domain)}"


def needs_smtputf8(address: str) -> bool:
    """Whether the address can only be used with a server that offers SMTPUTF8: letters beyond ASCII before
    the @.
    """
    return not address.rpartition("@")[0].isascii()


def written(address: Address) -> str:
    """An address as one types it: `Name <user@host>`, the name quoted where it has to be."""
    if not address.name:
        return address.address
    name = _CONTROL.sub(" ", address.name)
    if not _PLAIN_NAME.fullmatch(name) and not (name.isalpha() or name.replace(" ", "").isalnum()):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address.address}>"


def domain_shown(domain: str) -> str:
    """A domain in Unicode where its A-labels say so, for reading; unchanged where they cannot be decoded."""
    if "xn--" not in domain.lower():
        return domain
    import idna

    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
