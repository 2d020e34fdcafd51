"""Response codes of IMAP (RFC 5530) and POP3 (RFC 3206), and refused tokens, as servers write them.

Rows 110 and 111 of `error_texts`, whose form they have; those of the protocol "token" stand for rows in which
the words speak of a password unless a token was used.
"""

from __future__ import annotations

IMAP, POP3, TOKEN = "imap", "pop3", "token"
N, R, B, U = "never", "refresh", "backoff", "user"

RESPONSE_CODES: tuple[tuple[int, str, str, str, str], ...] = (
    *(
        (
            110,
            IMAP,
            f"a9 NO [{code}] {words}",
            name,
            retry,
        )
        for code, words, name, retry in (
            ("EXPIRED", "That password is out of date.", "imap-expired", U),
            ("PRIVACYREQUIRED", "Use encryption.", "imap-privacy", N),
            ("AUTHORIZATIONFAILED", "No such authorization-ID.", "imap-other-identity", N),
            ("WEBALERT https://accounts.example/continue", "Web login required.", "gmail-web-login", U),
            ("CONTACTADMIN", "Ask your administrator.", "imap-contact-admin", N),
            ("NOPERM", "Access denied.", "imap-no-permission", N),
            ("INUSE", "Mailbox in use.", "imap-in-use", B),
            ("UNAVAILABLE", "User's backend down for maintenance.", "imap-unavailable", B),
            ("LIMIT", "At most 32 flags in one mailbox supported.", "imap-limit", N),
            ("LIMIT", "Maximum number of connections from user and IP exceeded.", "too-many-connections", B),
            ("OVERQUOTA", "Sorry.", "imap-quota", N),
            ("ALREADYEXISTS", "Mailbox exists.", "imap-exists", N),
            ("NONEXISTENT", "No such mailbox.", "imap-no-folder", N),
            ("CLIENTBUG", "Command in wrong state.", "imap-client-bug", N),
            ("SERVERBUG", "This should not happen.", "imap-server-bug", B),
            ("CANNOT", "A name may not hold a slash.", "imap-cannot", N),
            ("EXPUNGEISSUED", "Some messages were expunged.", "imap-expunged", N),
            ("CORRUPTION", "Cannot open the mailbox.", "imap-corruption", N),
            ("THROTTLED", "Request is throttled. Suggested Backoff Time: 299961 ms", "throttled", B),
        )
    ),
    (110, IMAP, "a9 NO Unsupported authentication mechanism.", "mechanism-unknown", N),
    (110, IMAP, "a1 NO [ALERT] Your account is not enabled for IMAP use. Please visit", "imap-off", U),
    (110, IMAP, "a1 NO [ALERT] You are yet to enable IMAP for your account.", "imap-off", U),
    (111, POP3, "-ERR You are yet to enable POP for your account.", "pop-off", U),
    (110, IMAP, "a1 NO [AUTHENTICATIONFAILED] Application password is REQUIRED", "gmail-app-password", N),
    (111, POP3, "-ERR [SYS/TEMP] The disk of the mail store is away.", "pop-temporary", B),
    (111, POP3, "-ERR [SYS/PERM] This mailbox has moved.", "pop-permanent", N),
    (111, POP3, "-ERR [SYS/PERM] Your account is not enabled for POP access.", "pop-off", U),
    (4, TOKEN, "a2 BAD User is authenticated but not connected.", "token-other-mailbox", B),
    (10, TOKEN, "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "token-refused", R),
    (10, TOKEN, "-ERR [AUTH] Authentication failed.", "token-refused", R),
    (33, TOKEN, "535 5.7.8 Authentication failed", "token-refused", R),
)
