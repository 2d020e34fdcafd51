"""Response codes that servers put before their words, and what a refused token means.

The codes are those of RFC 5530 (IMAP) and RFC 3206 (POP3). These rows come last: whoever has a telling text
for one of them stands before. Rows of the protocol "token" are asked only while somebody signs in by token,
and then first: there the same words do not speak of a password.
"""

from __future__ import annotations

from tui.model.explain_rule import Retry, Rule

SIGN_IN_AGAIN = "A new token is fetched by itself. If that does not help, sign in again."

TOKEN: tuple[Rule, ...] = (
    Rule(
        "token-other-mailbox",
        "token",
        ("user is authenticated but not connected",),
        "Signed in, but the mailbox did not open",
        "The sign-in belongs to another mailbox than this account's, or IMAP is switched off for it.",
        "Sign in as the address of this account. Or switch IMAP on: in Outlook.com's settings under Mail, "
        "Forwarding and IMAP; at work your administrator does it.",
        Retry.BACKOFF,
    ),
    Rule(
        "token-refused",
        "token",
        (
            "[authenticationfailed]",
            "[auth]",
            "[expired]",
            "invalid credentials",
            "535 5.7.8",
            "username and password not accepted",
            "invalid_token",
        ),
        "The server did not accept the token",
        "It has run out, was revoked, or is for another user or service.",
        SIGN_IN_AGAIN,
        Retry.REFRESH,
    ),
)

SAID_OF_PASSWORDS = frozenset(
    {"imap-wrong-password", "smtp-wrong-password", "imap-login-failed", "pop-logon-failure", "imap-expired"}
)
"""Rows that mean the token where one was used: they are replaced by the last row of TOKEN."""

CODES: tuple[Rule, ...] = (
    Rule(
        "imap-expired",
        "imap",
        ("[expired]",),
        "The password has expired",
        "It was right once, but the server wants a new one before it opens the mailbox.",
        "Change the password at your provider, then enter the new one here.",
        Retry.USER,
    ),
    Rule(
        "imap-privacy",
        "imap",
        ("[privacyrequired]",),
        "The server wants encryption first",
        "It opens the mailbox only over an encrypted connection.",
        "Set the account's security to TLS (port 993) or STARTTLS.",
        Retry.NEVER,
    ),
    Rule(
        "imap-other-identity",
        "imap",
        ("[authorizationfailed]",),
        "Signed in, but not allowed into this mailbox",
        "User name and password are right; they do not open the mailbox that was asked for.",
        "Check the user name, or ask the mailbox's owner for access.",
        Retry.NEVER,
    ),
    Rule(
        "gmail-web-login",
        "imap",
        ("[webalert", "web login required"),
        "The provider wants a sign-in in the browser first",
        "It saw something unusual about this sign-in.",
        "Sign in to the mailbox in a browser and confirm that it was you; then try again.",
        Retry.USER,
    ),
    Rule(
        "imap-contact-admin",
        "imap",
        ("[contactadmin]",),
        "Only your administrator can settle this",
        "The server knows of a problem that it does not let mail programs deal with.",
        "Ask your administrator or provider, and give them the server's words.",
        Retry.NEVER,
    ),
    Rule(
        "imap-no-permission",
        "imap",
        ("[noperm]",),
        "You have no right to do that here",
        "The folder belongs to somebody else or may only be read.",
        "Ask the folder's owner for the right, or choose another folder.",
        Retry.NEVER,
    ),
    Rule(
        "imap-limit",
        "imap",
        ("[limit]",),
        "A limit of the server is reached",
        "It allows only so many of these: tags, folders or messages at once.",
        "Use fewer of them; the server's own words say which.",
        Retry.NEVER,
    ),
    Rule(
        "imap-exists",
        "imap",
        ("[alreadyexists]", "mailbox already exists", "folder already exists"),
        "There is a folder of that name already",
        "It may have been made by another program.",
        "Choose another name, or fetch the folders again (Ctrl+R).",
        Retry.NEVER,
    ),
    Rule(
        "imap-cannot",
        "imap",
        ("[cannot]",),
        "The server cannot do that at all",
        "It is against its rules, such as a name that it does not allow.",
        "Choose another name or another way.",
        Retry.NEVER,
    ),
    Rule(
        "imap-client-bug",
        "imap",
        ("[clientbug]",),
        "The server thinks this program is at fault",
        "It was asked for something that makes no sense to it.",
        "Please report it with the log; your mail is not touched.",
        Retry.NEVER,
    ),
    Rule(
        "imap-expunged",
        "imap",
        ("[expungeissued]",),
        "The message was deleted by another program meanwhile",
        "The list of this folder here is a moment older than the server's.",
        "Nothing to do: the folder is looked through again.",
        Retry.NEVER,
    ),
    Rule(
        "imap-corruption",
        "imap",
        ("[corruption]",),
        "The mailbox is damaged on the server",
        "The server found broken data of its own. Mail already on this computer is safe.",
        "Tell your provider; do not move or delete mail there until it is repaired.",
        Retry.NEVER,
    ),
    Rule(
        "pop-permanent",
        "pop3",
        ("[sys/perm]",),
        "The mailbox has a problem that lasts",
        "The server says that waiting will not help.",
        "Ask your administrator or provider, and give them the server's words.",
        Retry.NEVER,
    ),
)
