"""Servers that ask for patience, by IMAP and POP3.

These rows come before those of refused sign-ins: a server that cannot ask its own list of people calls that
`[SYS/TEMP] Temporary authentication failure`, and nobody need sign in for it.
"""

from __future__ import annotations

from tui.model.explain_rule import Retry, Rule

PATIENCE: tuple[Rule, ...] = (
    Rule(
        "too-many-connections",
        "imap pop3",
        (
            "too many simultaneous connections",
            "maximum number of connections",
            "too many connections",
            "[limit] … connection",
            "[limit] … session",
            "too many sessions",
        ),
        "Too many programs are connected to this mailbox",
        "The server allows only so many connections for one account at a time.",
        "Close other mail programs and devices; it is tried again by itself.",
        Retry.BACKOFF,
    ),
    Rule(
        "pop-in-use",
        "imap pop3",
        ("[in-use]", "mailbox locked", "mailbox is locked", "mailbox already locked"),
        "Another program has this mailbox open",
        "A POP3 mailbox can be open only once at a time.",
        "Close the other program or wait a few minutes; it is tried again by itself.",
        Retry.BACKOFF,
    ),
    Rule(
        "pop-login-delay",
        "pop3",
        ("[login-delay]", "login delay"),
        "Checked too often",
        "The server wants more time between two sign-ins.",
        "Raise check_minutes in the settings; it is tried again by itself.",
        Retry.BACKOFF,
    ),
    Rule(
        "imap-unavailable",
        "imap",
        ("server unavailable", "[unavailable]"),
        "The mail service is busy",
        "The server answers, but what lies behind it is not available just now.",
        "Wait: it is tried again by itself. Your provider's status page tells of outages.",
        Retry.BACKOFF,
    ),
    Rule(
        "pop-unavailable",
        "pop3",
        ("server unavailable. 21", "server unavailable"),
        "The mailbox cannot be reached by POP3 now",
        "The service is busy, or the mailbox has no licence or is of a kind without POP3.",
        "It is tried again by itself. If it stays, check the licence or switch this account to IMAP.",
        Retry.BACKOFF,
    ),
    Rule(
        "imap-in-use",
        "imap",
        ("[inuse]",),
        "Another program is busy with this folder",
        "The server lets only one at a time do what was asked.",
        "It is tried again by itself; close the other program if it lasts.",
        Retry.BACKOFF,
    ),
    Rule(
        "imap-server-bug",
        "imap",
        ("[serverbug]",),
        "The server has met a fault of its own",
        "It says so itself; nothing is wrong with the account.",
        "It is tried again by itself. If it stays, tell your provider.",
        Retry.BACKOFF,
    ),
    Rule(
        "pop-temporary",
        "pop3",
        ("[sys/temp]",),
        "The mail service has a passing problem",
        "The server says that it will be over soon.",
        "It is tried again by itself.",
        Retry.BACKOFF,
    ),
    Rule(
        "throttled",
        "imap pop3",
        ("throttled", "try again later", "too many login attempts", "too many requests"),
        "The server asks for patience",
        "It was asked too often in a short time, or is busy.",
        "Wait: it is tried again by itself.",
        Retry.BACKOFF,
    ),
)
