"""Errors of Google's sign-in, by their OAuth name (RFC 6749 5.2): Microsoft's names, but other causes.

Google's document "Using OAuth 2.0 to access Google APIs", sections on errors and on expiry of refresh tokens.
"""

from __future__ import annotations

from tui.model.explain_rule import Retry, Rule

GOOGLE: tuple[Rule, ...] = (
    Rule(
        "google-client",
        "oauth",
        ("google: invalid_client", "google: unauthorized_client", "google: invalid_request"),
        "Google does not know this client id with this secret",
        "The two come in a pair, from an OAuth client of the type Desktop app.",
        "Check client_id and client_secret of the account.",
        Retry.NEVER,
    ),
    Rule(
        "google-scope",
        "oauth",
        ("google: invalid_scope",),
        "The app may not ask Google for mail",
        "Its project at Google does not list the permission that IMAP, POP and SMTP need.",
        "Add https://mail.google.com/ to the project's permissions.",
        Retry.NEVER,
    ),
    Rule(
        "google-policy",
        "oauth",
        ("google: admin_policy_enforced", "google: org_internal"),
        "The organisation does not let this app in",
        "Its administrator decides which programs may read mail, or the app is for another organisation.",
        "Ask your administrator to allow the client id.",
        Retry.NEVER,
    ),
    Rule(
        "google-grant-expired",
        "oauth",
        ("google: invalid_grant",),
        "The saved sign-in at Google has run out",
        "It was not used for six months, was revoked, or the password was changed; that of an app still in "
        "testing ends after seven days.",
        "Sign in again; drafts and outbox are kept.",
        Retry.USER,
    ),
)
