"""Who signs people in by OAuth 2.0, as data: authorities, permissions, and what to ask for an account.

The scopes of Microsoft stand on `outlook.office.com` whatever server mail is read from: those of
`outlook.office365.com` are refused for personal accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tui.model.account import Account, Protocol
from tui.model.error import BadConfig
from tui.model.preset import by_address, by_name
from tui.model.secret import Secret

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
PROJECT_CLIENT_ID = ""
"""The id that Microsoft knows this program by; empty until the project's owner has registered one."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One identity service. `authority` is its address without the tenant, `tenant` the usual one ("" where
    there are none); `imap`, `pop3` and `smtp` are the permissions that each use needs.

    `authorize`, `token` and `device` are fixed endpoints; where they are empty they follow from the
    authority. `device_code` says whether sign-in by a code is possible. `public` clients have no secret.
    `own` is a service that an account names by its address: it works like Microsoft's and is another.
    """

    name: str
    title: str
    authority: str
    tenant: str
    imap: str
    pop3: str
    smtp: str
    always: tuple[str, ...] = ("offline_access", "openid", "profile")
    device_code: bool = True
    public: bool = True
    authorize: str = ""
    token: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    own: bool = False


def _microsoft(name: str, title: str, authority: str, tenant: str, resource: str) -> Issuer:
    return Issuer(
        name,
        title,
        authority,
        tenant,
        imap=f"{resource}/IMAP.AccessAsUser.All",
        pop3=f"{resource}/POP.AccessAsUser.All",
        smtp=f"{resource}/SMTP.Send",
    )


_WORLD = "https://login.microsoftonline.com"
_US = "https://login.microsoftonline.us"
_CHINA = "https://login.partner.microsoftonline.cn"
_GOOGLE_MAIL = "https://mail.google.com/"

ISSUERS: tuple[Issuer, ...] = (
    _microsoft("microsoft", "Microsoft", _WORLD, "common", "https://outlook.office.com"),
    _microsoft(
        "microsoft-us", "Microsoft (US Government)", _US, "organizations", "https://outlook.office365.us"
    ),
    _microsoft(
        "microsoft-dod", "Microsoft (US DoD)", _US, "organizations", "https://outlook-dod.office365.us"
    ),
    _microsoft(
        "microsoft-china", "Microsoft (21Vianet)", _CHINA, "organizations", "https://partner.outlook.cn"
    ),
    Issuer(
        "google",
        "Google",
        "https://accounts.google.com",
        "",
        imap=_GOOGLE_MAIL,
        pop3=_GOOGLE_MAIL,
        smtp=_GOOGLE_MAIL,
        always=("openid", "email"),
        device_code=False,
        public=False,
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """All that a sign-in needs to know: whom to ask, as which program, and for which permissions.

    `authority` has its tenant in it (`https://login.microsoftonline.com/common`).
    """

    issuer: Issuer
    authority: str
    client_id: str
    scopes: tuple[str, ...]
    client_secret: Secret | None = None
    ca_file: str = ""


def by_issuer(name: str) -> Issuer | None:
    """The issuer of that name, or None."""
    return next((issuer for issuer in ISSUERS if issuer.name == name), None)


def issuer_of(account: Account) -> Issuer | None:
    """Who signs an account in, by its provider or its address; None where nobody is known to.

    An account that names an authority of its own is Microsoft's unless its provider says otherwise.
    """
    preset = by_name(account.provider) or by_address(account.address)
    found = by_issuer(preset.issuer) if preset else None
    return _named(found or (by_issuer("microsoft") if account.authority else None), account.authority)


def _named(issuer: Issuer | None, text: str) -> Issuer | None:
    """The issuer, called by the host of an authority that is none of those known."""
    try:
        host = urlsplit(text).hostname if text.startswith("https://") else ""
    except ValueError:
        host = ""
    known = {urlsplit(one.authority).hostname for one in ISSUERS}
    return replace(issuer, title=host, own=True) if issuer and host and host not in known else issuer


def identity_of(account: Account, client_ids: Iterable[str] = ()) -> Identity | None:
    """What an account's sign-in asks for; None where no issuer is known.

    The client id is the account's own, else the first of `client_ids` that is not empty, else the project's;
    it may be empty, and then nobody can sign in before one is given. Raises BadConfig for an authority that
    is none.
    """
    issuer = issuer_of(account)
    if issuer is None:
        return None
    own = (account.client_id, *(client_ids if issuer.public else ()), PROJECT_CLIENT_ID)
    preset = by_name(account.provider) or by_address(account.address)
    tenant = preset.tenant if preset and preset.tenant else issuer.tenant
    try:
        whom = authority(account.authority, issuer, tenant)
    except ValueError as error:
        raise BadConfig(
            f"The sign-in of {account.address} has an authority that cannot be used.",
            "Give a tenant such as common or consumers, or a whole https address.",
            detail=str(error),
        ) from error
    return Identity(
        issuer,
        whom,
        next((text for text in own if text), ""),
        scopes_of(account, issuer),
        Secret(account.client_secret) if account.client_secret else None,
        account.ca_file,
    )


def scopes_of(account: Account, issuer: Issuer) -> tuple[str, ...]:
    """The permissions for what the account does, and no more: receiving by its protocol, and sending."""
    receiving = {Protocol.IMAP: issuer.imap, Protocol.POP3: issuer.pop3, Protocol.NONE: ""}[account.incoming]
    sending = issuer.smtp if account.smtp else ""
    return tuple(dict.fromkeys(scope for scope in (receiving, sending, *issuer.always) if scope))


def authority(text: str, issuer: Issuer, tenant: str) -> str:
    """The address of an authority: `text` may be a whole https address, a tenant (`common`, `consumers`,
    `organizations`, an id, a domain), or empty for the usual one.

    Raises ValueError for anything else.
    """
    if text.startswith("https://"):
        parts = urlsplit(text)
        if parts.hostname and not (parts.query or parts.fragment or parts.username):
            return text.rstrip("/")
    elif not text or _TENANT.fullmatch(text):
        return "/".join(filter(None, (issuer.authority, text or tenant)))
    raise ValueError(f"{text[:80]!r} is neither a tenant nor an https address of one")
