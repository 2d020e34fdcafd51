"""Why a client id is wanted, and how a person comes by one: text for the screen and the shell.

The steps are those of Microsoft's portal as its documents of 2026 describe them; its words move now and then.
WHY, STEPS and AFTERWARDS are Microsoft's; `words_for` has those of any issuer.
"""

from __future__ import annotations

import re

from tui.model.issuer import Issuer

PORTAL = "https://entra.microsoft.com"

WHY: tuple[str, ...] = (
    "Microsoft signs people in only for programs that are registered with it, each by a client id.",
    "No id for this program is built in, and it borrows none of another program.",
    "An id is no secret, but to register one you need a directory: an organisation's, or one with Azure.",
    "If your organisation or somebody you trust has registered one for outlook-tui, take that.",
)
"""Four lines on why there is a question at all."""

STEPS: tuple[str, ...] = (
    f"Open {PORTAL} and choose Entra ID, App registrations, New registration.",
    'Give it a name, such as "outlook-tui (mine)".',
    "Supported account types: any organizational directory and personal Microsoft accounts.",
    "Redirect URI: Public client/native (mobile & desktop), with the value http://localhost. Then Register.",
    "Copy the Application (client) ID. There is no certificate and no secret to make.",
    "Under Authentication set Allow public client flows to Yes (for signing in with a code), and save.",
    "Under API permissions add, from Microsoft Graph, Delegated: IMAP.AccessAsUser.All, "
    "POP.AccessAsUser.All, SMTP.Send, offline_access, openid and profile. In an organisation an "
    "administrator then has to grant consent.",
    'Give the id to this program: in the settings, by --client-id, as client_id = "…" under [general] in '
    "config.toml, or in OUTLOOK_TUI_CLIENT_ID.",
)
"""What to do, one step each, in order; not numbered."""

AFTERWARDS = (
    "A registration for one organisation only, or for personal accounts only, needs its own authority: "
    "the organisation's tenant, or consumers (AADSTS50194, AADSTS9002331)."
)
"""What to know of registrations that were made differently from the steps."""

GOOGLE_WHY: tuple[str, ...] = (
    "Google signs people in only for programs that are registered with it, each by a client id and a secret.",
    "None is built in: Google wants every program that reads mail to be examined first.",
    "The simple way is an app password, made on the security page of your account.",
    "If you have made a client of your own (of the kind Desktop app), give both.",
)
"""Four lines; the third names the way round."""
GOOGLE_STEPS: tuple[str, ...] = (
    "Open https://console.cloud.google.com and make a project.",
    "Under Google Auth Platform fill in Branding; under Audience add your address as a test user.",
    "Under Clients create one of the type Desktop app; copy its client id and its secret.",
    "Enable the Gmail API for the project.",
)
GOOGLE_GIVEN = (
    "Give both: --client-id ID --client-secret-stdin with account add, or account set client_id=ID "
    "client_secret=- (the secret is then asked for)."
)


OWN_STEPS: tuple[str, ...] = (
    "Ask who runs that service to register outlook-tui there as a native program, a public client without a "
    "secret (RFC 8252).",
    "Its redirect address is http://localhost, with any port.",
    "Signing in with a code wants the device authorization grant (RFC 8628) to be allowed.",
    'Give the id to this program: by --client-id, or as client_id = "…" of the account in config.toml.',
)

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_GOOGLE_ID = re.compile(r"[0-9A-Za-z-]{6,100}\.apps\.googleusercontent\.com")
_ANY_ID = re.compile(r"[\x21-\x7e]{1,400}")


def words_for(issuer: Issuer) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Why this issuer wants a client id, the steps to one, and what to know besides; for the shell."""
    if issuer.own:
        return _own_why(issuer), OWN_STEPS, ""
    if issuer.name == "google":
        return GOOGLE_WHY, GOOGLE_STEPS, GOOGLE_GIVEN
    return WHY, STEPS, AFTERWARDS


def _own_why(issuer: Issuer) -> tuple[str, ...]:
    return (
        f"{issuer.title} signs people in only for programs that are registered with it, each by a client id.",
        "No id for that service is built in: it is the address that you have named yourself.",
        "An id is no secret. Who runs the service can give you one for outlook-tui.",
    )


def wrong_client_id(issuer: Issuer, text: str) -> str:
    """What is wrong with a client id, "" for nothing: Microsoft's are GUIDs, Google's end in its domain,
    those of other services are visible ASCII (RFC 6749 A.1)."""
    if issuer.own:
        return "" if _ANY_ID.fullmatch(text) else "A client id is one word of letters, digits and signs."
    if issuer.name == "google":
        right = _GOOGLE_ID.fullmatch(text)
        return "" if right else "A client id of Google ends in .apps.googleusercontent.com."
    if _GUID.fullmatch(text):
        return ""
    return "A client id looks like 00000000-0000-0000-0000-000000000000: digits and the letters a to f."
