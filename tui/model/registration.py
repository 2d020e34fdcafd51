"""Why Microsoft wants a client id, and how a person comes by one: text for the screen and the shell.

The steps are those of Microsoft's portal as its documents of 2026 describe them; its words move now and then.
"""

from __future__ import annotations

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
