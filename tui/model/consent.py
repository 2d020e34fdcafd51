"""An administrator's approval, where an organisation wants one: the link, and a message that asks for it.

Microsoft's default rules since the end of 2025 leave it to administrators to approve mail programs that are
not on its own short list, so many people at work meet this once.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from tui.model.error import ConsentNeeded, MailError
from tui.model.issuer import Identity

REDIRECT = "http://localhost"
"""Where Microsoft sends the administrator's browser in the end: nothing listens there, and nothing has to."""
_ANY = frozenset({"common", "consumers", "organizations"})


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """The page on which an administrator approves, and a message that asks for it and names that page."""

    link: str
    message: str


def consent_request(error: MailError, identity: Identity, address: str) -> ConsentRequest | None:
    """What to send to the administrator of an address; None where a failed sign-in needs no approval."""
    return request_of(identity, address) if isinstance(error, ConsentNeeded) else None


def request_ahead(identity: Identity, address: str) -> ConsentRequest | None:
    """What to send to the administrator while an approval is waited for; None for personal accounts alone.

    Microsoft's page “Need admin approval” often leaves the browser where it is, so that no refusal comes.
    """
    organised = identity.issuer.public and not identity.authority.endswith("/consumers")
    return request_of(identity, address) if organised else None


def request_of(identity: Identity, address: str) -> ConsentRequest:
    """The link and the message for an administrator of the address's organisation."""
    link = admin_consent_url(identity, tenant_of(identity, address))
    return ConsentRequest(link, message_to_admin(identity, address))


def tenant_of(identity: Identity, address: str = "") -> str:
    """The organisation to ask: the authority's tenant, else the domain of the address, else any."""
    named = urlsplit(identity.authority).path.strip("/").partition("/")[0]
    if named and named not in _ANY:
        return named
    return address.rpartition("@")[2].strip().lower() or "organizations"


def admin_consent_url(identity: Identity, tenant: str) -> str:
    """The page on which an administrator of `tenant` (id, domain, or "organizations") approves the client id
    for all its people, with the permissions the account needs and no others.

    The form is that of Microsoft's v2.0/adminconsent.
    """
    base = urlsplit(identity.authority)
    asked = {"client_id": identity.client_id, "scope": " ".join(identity.scopes), "redirect_uri": REDIRECT}
    path = f"{quote(tenant or 'organizations', safe='')}/v2.0/adminconsent"
    return f"{base.scheme}://{base.netloc}/{path}?{urlencode(asked, quote_via=quote)}"


def message_to_admin(identity: Identity, address: str) -> str:
    """A message to the administrator, ready to be copied or sent: plain text, of which only the link has more
    than 72 characters in a line."""
    permissions = "\n".join(f"  - {scope}" for scope in identity.scopes if "/" in scope)
    return f"""\
Subject: Please approve the mail program outlook-tui

Hello,

I would like to read my mail with outlook-tui, a mail program for
the terminal. Microsoft says that an administrator has to approve it
for our organisation first.

It signs in as me, in the browser, with all our rules; it sees no
password, and no mailbox but those I may open myself. It asks for
these delegated permissions, and to stay signed in:

{permissions}

Application (client) ID: {identity.client_id}
My address: {address}

This page shows them again and approves them:

{admin_consent_url(identity, tenant_of(identity, address))}

After approving, the browser ends on a page at localhost that cannot
be opened. That is as it should be.

Thank you.
"""
