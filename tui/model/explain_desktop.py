"""Error numbers of the Outlook desktop program, which people look up.

This program never gets them; the constant names in the comments are those of Microsoft's `imnxport.h`.
"""

from __future__ import annotations

from tui.model.explain_rule import Retry, Rule

_SMTP_REPLIES = (
    ("0x800ccc67", "421", "the server is busy or closing"),
    ("0x800ccc68", "450", "the mailbox is busy; later it may work"),
    ("0x800ccc69", "550", "the recipient or the sender was refused"),
    ("0x800ccc6a", "451", "the server had an error of its own; later it may work"),
    ("0x800ccc6c", "452", "the server has no room; later it may work"),
    ("0x800ccc6d", "552", "the mailbox is full or the message too big"),
    ("0x800ccc6f", "554", "the message was refused"),
)


def _smtp_reply(number: str, reply: str, meaning: str) -> Rule:
    return Rule(
        f"outlook-smtp-{reply}",
        "",
        (number,),
        f"Outlook: the sending server answered {reply}",
        f"In plain words: {meaning}.",
        f"Look up the server's own text that begins with {reply}; it says more.",
        Retry.USER,
    )


DESKTOP: tuple[Rule, ...] = (
    Rule(
        "outlook-no-smtp",
        "",
        ("0x80042109",),
        "Outlook: no connection to the sending server",
        "The host or port for sending is wrong, or a firewall blocks it.",
        "Check the sending server's name and port 587, and the firewall.",
        Retry.USER,
    ),
    Rule(  # IXP_E_CONNECTION_DROPPED
        "outlook-dropped",
        "",
        ("0x800ccc0f",),
        "Outlook: the server ended the connection",
        "The line broke, often because of a virus scanner, a VPN or a very large message.",
        "Try again; switch off mail scanning or the VPN for a test, or send a smaller message.",
        Retry.BACKOFF,
    ),
    Rule(  # IXP_E_FAILED_TO_CONNECT
        "outlook-no-connection",
        "",
        ("0x800ccc0e",),
        "Outlook: the server cannot be reached",
        "Host or port are wrong, or a firewall is in the way.",
        "Check host, port and firewall.",
        Retry.BACKOFF,
    ),
    Rule(  # IXP_E_CANT_FIND_HOST
        "outlook-no-host",
        "",
        ("0x800ccc0d",),
        "Outlook: the server's name was not found",
        "It is misspelt, or this computer has no working name lookup.",
        "Correct the server's name; check internet and DNS.",
        Retry.USER,
    ),
    Rule(  # IXP_E_TIMEOUT
        "outlook-timeout",
        "",
        ("0x800ccc19",),
        "Outlook: the server took too long",
        "It did not answer within the time allowed.",
        "Try again later, on a better line or with a longer time limit.",
        Retry.BACKOFF,
    ),
    Rule(  # IXP_E_SECURE_CONNECT_FAILED
        "outlook-tls",
        "",
        ("0x800ccc1a",),
        "Outlook: the encrypted connection failed",
        "Port and encryption do not fit together, or the certificate is not trusted.",
        "587 goes with STARTTLS; 465, 993 and 995 go with TLS.",
        Retry.USER,
    ),
    Rule(  # IXP_E_SICILY_LOGON_FAILED
        "outlook-spa",
        "",
        ("0x800ccc18",),
        "Outlook: secure password authentication failed",
        "The server does not use that old way to sign in.",
        "Turn SPA off and sign in with Microsoft.",
        Retry.USER,
    ),
    Rule(  # IXP_E_SMTP_REJECTED_SENDER
        "outlook-sender-refused",
        "",
        ("0x800ccc78",),
        "Outlook: the sender was refused",
        "Usually sending was not signed in, or From is not the address of the account.",
        "Turn on sign-in for the sending server, and correct From.",
        Retry.USER,
    ),
    Rule(  # IXP_E_SMTP_REJECTED_RECIPIENTS
        "outlook-recipients-refused",
        "",
        ("0x800ccc79",),
        "Outlook: recipients were refused",
        "Often the server does not pass on mail of people who are not signed in (550 or 553 5.7.1).",
        "Turn on sign-in for the sending server, and check the addresses.",
        Retry.USER,
    ),
    Rule(  # IXP_E_SMTP_NO_STARTTLS_SUPPORT
        "outlook-no-starttls",
        "",
        ("0x800ccc7d", "does not support secure connections"),
        "Outlook: the sending server does not offer STARTTLS on that port",
        "STARTTLS is set, but the server behind this port does not know it.",
        "Use port 587 with STARTTLS, or port 465 with TLS where the provider has it.",
        Retry.USER,
    ),
    Rule(  # IXP_E_SMTP_530_STARTTLS_REQUIRED, IXP_E_SMTP_454_STARTTLS_FAILED
        "outlook-starttls",
        "",
        ("0x800ccc7c", "0x800ccc7f"),
        "Outlook: encryption is required for sending, or it failed",
        "The server takes no mail over an open line.",
        "Use STARTTLS on port 587.",
        Retry.USER,
    ),
    Rule(  # MAPI_E_EXTENDED_ERROR
        "outlook-extended",
        "",
        ("0x80040119",),
        "Outlook: an unnamed error of its profile or data file",
        "It stands for a damaged profile or PST file, or wraps a refusal of the sending server.",
        "Read the text beside it and look up the SMTP code found there.",
        Retry.USER,
    ),
    Rule(  # POP3_RESPONSE_ERROR, POP3_INVALID_USER_NAME, POP3_INVALID_PASSWORD
        "outlook-pop",
        "",
        ("0x800ccc90", "0x800ccc91", "0x800ccc92"),
        "Outlook: the POP3 server refused user name or password",
        "At Microsoft POP3 may be switched off, and passwords do not work any more.",
        "Sign in with Microsoft, and enable POP in Outlook's settings.",
        Retry.USER,
    ),
    *(_smtp_reply(*reply) for reply in _SMTP_REPLIES),
    Rule(
        "outlook-smtp-other",
        "",
        tuple(f"0x800ccc6{digit}" for digit in "0123456be"),
        "Outlook: the sending server refused a command",
        "The number wraps a reply of the SMTP server.",
        "Look up the server's own text beside it; it says more.",
        Retry.USER,
    ),
    Rule(  # IMAP_LOGINFAILURE, tagged NO, tagged BAD, unsolicited BYE, no common authentication method
        "outlook-imap",
        "",
        ("0x800cccd1", "0x800cccd2", "0x800cccd3", "0x800cccdd", "0x800cccdf", "0x800ccce0"),
        "Outlook: the IMAP server refused the sign-in or a command",
        "At Microsoft this is nearly always a password where a token is needed.",
        "Sign in with Microsoft.",
        Retry.USER,
    ),
)
