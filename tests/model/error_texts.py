"""Errors as servers really write them: (row of the table, protocol, text, name of the rule meant, retry)."""

from __future__ import annotations

from tests.model.response_codes import IMAP, POP3, RESPONSE_CODES, B, N, R, U

SMTP, OAUTH, ANY = "smtp", "oauth", ""

_NDR = "Failed to process message due to a permanent exception with message"
_AUTH = "535 5.7.139 Authentication unsuccessful,"
_HOST = "[AM0PR10CA0001.EURPRD10.PROD.OUTLOOK.COM 2026-09-08T10:00:00.000Z 08DC]"
_STOREDRV = "554 5.2.0 STOREDRV.Submission.Exception:"

ERRORS: tuple[tuple[int, str, str, str, str], ...] = (
    (1, IMAP, "a1 NO Basic authentication is disabled.", "microsoft-imap-basic-disabled", N),
    (2, IMAP, "a1 NO LOGIN failed.", "imap-login-failed", N),
    (3, IMAP, "a1 NO AUTHENTICATE failed.", "imap-authenticate-failed", R),
    (4, IMAP, "a2 BAD User is authenticated but not connected.", "imap-not-connected", B),
    (5, IMAP, "* BYE Session invalidated - AccessTokenExpired", "token-expired", R),
    (6, IMAP, "* BYE Connection is closed. 13", "imap-closed", B),
    (6, IMAP, "* BYE Connection closed. 14", "imap-closed", B),
    (7, IMAP, "a1 NO Server Unavailable. 15", "imap-unavailable", B),
    (
        8,
        IMAP,
        "a4 NO [BADCHARSET (US-ASCII)] The specified charset is not supported.",
        "imap-search-charset",
        N,
    ),
    (9, IMAP, "a5 BAD Command Argument Error. 11", "imap-argument", N),
    (9, IMAP, "a5 BAD Command Argument Error. 12", "imap-argument", N),
    (10, IMAP, "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "imap-wrong-password", N),
    (10, IMAP, "a1 NO [AUTHENTICATIONFAILED] Authentication failed.", "imap-wrong-password", N),
    (10, POP3, "-ERR [AUTH] Authentication failed.", "imap-wrong-password", N),
    (
        11,
        IMAP,
        "a1 NO [ALERT] Application-specific password required: https://support.google.com (Failure)",
        "gmail-app-password",
        N,
    ),
    (12, IMAP, "a7 NO [OVERQUOTA] Quota exceeded (mailbox for user is full)", "imap-quota", N),
    (12, IMAP, "a7 NO The mailbox is full.", "mailbox-full", N),
    (13, IMAP, "a8 NO [TRYCREATE] Mailbox doesn't exist: Archive", "imap-no-folder", N),
    (13, IMAP, "a8 NO Archive does not exist.", "imap-no-folder", N),
    (14, IMAP, "* BYE Too many simultaneous connections. (Failure)", "too-many-connections", B),
    (14, POP3, "-ERR Too many simultaneous connections", "too-many-connections", B),
    (15, POP3, "-ERR Logon failure: unknown user name or bad password.", "pop-logon-failure", N),
    (
        16,
        POP3,
        "-ERR Authentication failure: unknown user name or bad password.",
        "pop-authentication-failure",
        R,
    ),
    (17, POP3, "-ERR Protocol error. Connection is closed. 10", "pop-token-too-long", N),
    (18, POP3, "-ERR Server Unavailable. 21", "pop-unavailable", B),
    (19, POP3, "-ERR [IN-USE] Do you have another POP session running?", "pop-in-use", B),
    (19, POP3, "-ERR Unable to open: mailbox locked by another session", "pop-in-use", B),
    (20, POP3, "-ERR [LOGIN-DELAY] minimum time between mail checks violation", "pop-login-delay", B),
    (21, SMTP, f"535 5.7.3 Authentication unsuccessful {_HOST}", "smtp-token", R),
    (22, SMTP, f"{_AUTH} basic authentication is disabled. {_HOST}", "microsoft-smtp-basic-disabled", N),
    (
        23,
        SMTP,
        f"{_AUTH} SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
        "smtp-auth-disabled-tenant",
        N,
    ),
    (
        24,
        SMTP,
        f"{_AUTH} SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled",
        "smtp-auth-disabled-mailbox",
        N,
    ),
    (
        25,
        SMTP,
        f"{_AUTH} user is locked by your organization's security defaults policy. {_HOST}",
        "security-defaults",
        N,
    ),
    (
        26,
        SMTP,
        f"{_AUTH} the request did not meet the criteria to be authenticated successfully. Contact {_HOST}",
        "conditional-access-smtp",
        N,
    ),
    (27, SMTP, f"{_AUTH} the user credentials were incorrect. {_HOST}", "microsoft-smtp-wrong-password", N),
    (
        28,
        SMTP,
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        "smtp-basic-removed",
        N,
    ),
    (29, SMTP, f"530 5.7.57 Client not authenticated to send mail. {_HOST}", "smtp-not-signed-in", N),
    (30, SMTP, f"504 5.7.4 Unrecognized authentication type {_HOST}", "smtp-auth-mechanism", N),
    (31, SMTP, f"451 5.7.3 STARTTLS is required to send mail {_HOST}", "smtp-starttls-required", N),
    (31, SMTP, "530 5.7.0 Must issue a STARTTLS command first.", "smtp-starttls-required", N),
    (
        32,
        SMTP,
        "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade your client.",
        "smtp-old-tls",
        N,
    ),
    (
        33,
        SMTP,
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support",
        "smtp-wrong-password",
        N,
    ),
    (
        34,
        SMTP,
        "534-5.7.9 Application-specific password required. Learn more at",
        "gmail-smtp-app-password",
        N,
    ),
    (
        35,
        SMTP,
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "send-as-denied",
        N,
    ),
    (36, SMTP, "554 5.2.252 SendAsDenied; you@example.org not allowed to send as", "send-as-denied", N),
    (37, SMTP, f"{_STOREDRV}SendAsDeniedException.MapiExceptionSendAsDenied; {_NDR}", "send-as-denied", N),
    *(
        (
            38,
            SMTP,
            f"{_STOREDRV}OutboundSpamException; {_NDR} WASCL UserAction verdict is {verdict}",
            "outbound-spam",
            N,
        )
        for verdict in ("RefuseQuota", "HipNotify", "Suspend", "ShowTierUpgrade")
    ),
    (39, SMTP, f"{_STOREDRV}SubmissionQuotaExceededException; {_NDR}", "daily-limit", N),
    (
        39,
        SMTP,
        "550 5.1.90 Your message can't be sent because you've reached your daily limit",
        "daily-limit",
        N,
    ),
    (40, SMTP, f"{_STOREDRV}MapiExceptionDuplicateDelivery; {_NDR}", "duplicate-delivery", N),
    (41, SMTP, f"432 4.3.2 Concurrent connections limit exceeded. {_HOST}", "concurrent-connections", B),
    (42, SMTP, "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", "recipient-flooded", B),
    (43, SMTP, "421 4.4.2 Message submission rate for this client: connection dropped", "sending-dropped", B),
    (43, SMTP, "421 4.4.2 mx.example.org Error: timeout exceeded", "sending-dropped", B),
    (44, SMTP, "451 4.7.0 Temporary server error. Please try again later. PRX4", "server-busy", B),
    (44, SMTP, "451 4.7.500 Server busy. Please try again later from [192.0.2.1].", "server-busy", B),
    (44, SMTP, "421 4.3.2 Service not active", "server-busy", B),
    (44, SMTP, "421 Service not available, closing transmission channel", "server-busy", B),
    (45, SMTP, "452 4.5.3 Error: too many recipients", "too-many-recipients", N),
    (45, SMTP, "550 5.5.3 Too many recipients", "too-many-recipients", N),
    (46, SMTP, "552 5.3.4 Message size exceeds fixed maximum message size", "message-too-big", N),
    (46, SMTP, "554 5.3.4 Message size exceeds fixed maximum", "message-too-big", N),
    (47, SMTP, "552 5.2.3 Message length exceeds administrative limit", "recipient-size-limit", N),
    (
        47,
        SMTP,
        "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
        "recipient-size-limit",
        N,
    ),
    (48, SMTP, "552 5.2.2 mailbox full", "mailbox-full", N),
    (48, SMTP, "554 5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException; Failed", "mailbox-full", N),
    (49, SMTP, "550 5.1.1 The email account that you tried to reach does not exist.", "no-such-recipient", N),
    (
        49,
        SMTP,
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP",
        "no-such-recipient",
        N,
    ),
    (50, SMTP, "550 5.1.0 Sender denied", "invalid-address", N),
    (50, SMTP, "501 5.1.3 Invalid address", "invalid-address", N),
    (51, SMTP, "550 5.4.1 Recipient address rejected: Access denied.", "domain-refuses", N),
    (52, SMTP, "550 5.1.8 Access denied, bad outbound sender AS(42004)", "bad-outbound-sender", N),
    (53, SMTP, "550 5.7.1 Unable to relay", "sender-not-allowed", N),
    (
        53,
        SMTP,
        "553 5.7.1 <you@example.org>: Sender address rejected: not owned by user you@example.net",
        "sender-not-allowed",
        N,
    ),
    (54, SMTP, "550 5.7.501 Service unavailable. Access denied, spam abuse detected", "banned-sender", N),
    (54, SMTP, "550 5.7.502 Access denied, banned sender", "banned-sender", N),
    (54, SMTP, "550 5.7.503 Access denied, banned sender", "banned-sender", N),
    (55, SMTP, "550 5.7.708 Access denied, traffic not accepted from this IP", "low-reputation", N),
    (
        56,
        SMTP,
        "550 5.7.232 Your message can't be sent because your trial tenant has exceeded",
        "tenant-limit",
        N,
    ),
    (56, SMTP, "550 5.7.233 Your message can't be sent because your tenant has exceeded", "tenant-limit", N),
    (57, SMTP, "550 5.7.236 Your message can't be sent because you sent too many", "onmicrosoft-limit", N),
    (
        58,
        SMTP,
        "550 5.7.136 RESOLVER.RST.RestrictDomains; RestrictDomainsToIPAddresses",
        "recipient-restricted",
        N,
    ),
    (59, SMTP, "550-5.7.26 This mail has been blocked: unauthenticated email", "unauthenticated-domain", N),
    (60, SMTP, "550 4.4.7 QUEUE.Expired; message expired", "recipient-unreachable", N),
    (
        60,
        SMTP,
        "550 4.4.316 Connection refused [Message=Socket error code 10061]",
        "recipient-unreachable",
        N,
    ),
    (
        61,
        SMTP,
        "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domain",
        "unregistered-domain",
        N,
    ),
    (62, SMTP, "554 5.6.0 STOREDRV.Submit; Invalid message content", "malformed-message", N),
    (62, SMTP, "554 5.6.3 Too many attachments", "malformed-message", N),
    *((63, OAUTH, f"AADSTS{n}: Error validating credentials.", "aad-wrong-password", U) for n in (50126,)),
    *((64, OAUTH, f"AADSTS{n}: The user account …", "aad-unknown-account", U) for n in (50034, 50020)),
    (65, OAUTH, "AADSTS50053: The account is locked", "aad-locked", U),
    *((66, OAUTH, f"AADSTS{n}: The password is expired", "aad-expired-password", U) for n in (50055, 50057)),
    *(
        (67, OAUTH, f"AADSTS{n}: Due to a configuration change", "aad-second-factor", U)
        for n in (50072, 50074, 50076, 50079, 50078)
    ),
    *((68, OAUTH, f"AADSTS{n}: Device …", "aad-managed-device", N) for n in (50097, 53000, 53001, 53002)),
    *(
        (69, OAUTH, f"AADSTS{n}: Access has been blocked", "aad-conditional-access", U)
        for n in (53003, 530032, 530035, 50131, 50158)
    ),
    (70, OAUTH, "AADSTS50105: The signed in user is not assigned to a role", "aad-not-assigned", N),
    *((71, OAUTH, f"AADSTS{n}: has not consented", "aad-admin-approval", N) for n in (65001, 90094, 90095)),
    (72, OAUTH, "AADSTS65004: User declined to consent", "aad-cancelled", U),
    (72, OAUTH, "error=access_denied&error_subcode=cancel", "aad-cancelled", U),
    (72, OAUTH, '{"error":"authorization_declined"}', "aad-cancelled", U),
    *((73, OAUTH, f"AADSTS{n}: was not found", "aad-unknown-app", N) for n in (700016, 90002, 500011)),
    (74, OAUTH, "AADSTS7000112: Application is disabled.", "aad-app-disabled", N),
    (
        75,
        OAUTH,
        "AADSTS7000218: The request body must contain the parameter: 'client_assertion'",
        "aad-public-client",
        N,
    ),
    (75, OAUTH, '{"error": "invalid_client"}', "aad-public-client", N),
    *(
        (76, OAUTH, f'{{"error":"invalid_client","error_description":"AADSTS{n}: "}}', "aad-client-secret", N)
        for n in (7000215, 7000222, 700025)
    ),
    *((77, OAUTH, f"AADSTS{n}: The redirect URI", "aad-redirect", N) for n in (50011, 500113)),
    (78, OAUTH, "AADSTS50194: Application is not configured as a multi-tenant app", "aad-single-tenant", N),
    *((79, OAUTH, f"AADSTS{n}: Application is configured", "aad-audience", N) for n in (9002331, 9002332)),
    *(
        (80, OAUTH, f"AADSTS{n}: The provided value for scope", "aad-scope", N)
        for n in (70011, 65006, 650052, 650053, 650054, 650055, 650056, 650057, 28000)
    ),
    (80, OAUTH, '{"error":"invalid_scope"}', "aad-scope", N),
    *(
        (81, OAUTH, f'{{"error":"invalid_grant","error_codes":[{n}]}}', "aad-grant-expired", U)
        for n in (70008, 700082, 70000, 70043, 50173, 50089)
    ),
    (81, OAUTH, '{"error":"invalid_grant"}', "aad-grant-expired", U),
    (82, OAUTH, "AADSTS54005: OAuth2 Authorization code was already redeemed", "aad-code-used", U),
    *(
        (83, OAUTH, f"AADSTS{n}: OAuth 2.0 device flow error", "aad-device-code", B)
        for n in (70016, 70019, 70018)
    ),
    *(
        (84, OAUTH, f"AADSTS{n}: A transient error has occurred", "aad-busy", B)
        for n in (90033, 90006, 70012, 90055, 50196)
    ),
    *(
        (84, OAUTH, f"HTTP {status} from login.microsoftonline.com", "aad-busy", B)
        for status in (429, 500, 503)
    ),
    (112, OAUTH, "google: invalid_client", "google-client", N),
    (112, OAUTH, "google: unauthorized_client", "google-client", N),
    (112, OAUTH, "google: invalid_scope", "google-scope", N),
    (112, OAUTH, "google: admin_policy_enforced", "google-policy", N),
    (112, OAUTH, "google: invalid_grant", "google-grant-expired", U),
    *((85, OAUTH, f"AADSTS{n}: Tenant request", "aad-other-cloud", N) for n in (90038, 50059)),
    (86, ANY, "socket.gaierror: [Errno -2] Name or service not known", "name-lookup", B),
    (86, ANY, "gaierror(8, 'nodename nor servname provided, or not known')", "name-lookup", B),
    (87, ANY, "TimeoutError: timed out", "no-connection", B),
    (87, ANY, "ConnectionRefusedError: [Errno 111] Connection refused", "no-connection", B),
    (
        88,
        ANY,
        "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
        "tls-mismatch",
        N,
    ),
    (
        89,
        ANY,
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "self-signed certificate (_ssl.c:1006)",
        "certificate",
        N,
    ),
    (
        89,
        ANY,
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
        "certificate-expired",
        N,
    ),
    (
        89,
        ANY,
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not "
        "valid for 'mail.example.org'. (_ssl.c:1006)",
        "certificate-host",
        N,
    ),
    (90, ANY, "smtplib.SMTPServerDisconnected: Connection unexpectedly closed", "hung-up", B),
    (91, ANY, "pywintypes.error: (1783, 'CredWrite', 'The stub received bad data')", "keyring-too-long", N),
    (92, ANY, "keyring.errors.NoKeyringError: No recommended backend was available.", "no-keyring", U),
    (92, ANY, "keyring.errors.KeyringLocked: Failed to unlock the collection!", "no-keyring", U),
    (93, ANY, "Sending reported error (0x80042109)", "outlook-no-smtp", U),
    (94, ANY, "0x800CCC0F", "outlook-dropped", B),
    (95, ANY, "0x800CCC0E", "outlook-no-connection", B),
    (96, ANY, "0x800CCC0D", "outlook-no-host", U),
    (97, ANY, "0x800CCC19", "outlook-timeout", B),
    (98, ANY, "0x800CCC1A", "outlook-tls", U),
    (99, ANY, "0x800CCC18", "outlook-spa", U),
    (100, ANY, "0x800CCC78", "outlook-sender-refused", U),
    (101, ANY, "0x800CCC79", "outlook-recipients-refused", U),
    (102, ANY, "0x800CCC7D", "outlook-no-starttls", U),
    (102, ANY, "The outgoing SMTP server does not support secure connections", "outlook-no-starttls", U),
    (103, ANY, "0x800CCC7C", "outlook-starttls", U),
    (103, ANY, "0x800CCC7F", "outlook-starttls", U),
    (104, ANY, "Error 0x80040119", "outlook-extended", U),
    *((105, ANY, f"0x800CCC9{digit}", "outlook-pop", U) for digit in "012"),
    *(
        (106, ANY, f"0x800CCC6{digit}", f"outlook-smtp-{reply}", U)
        for digit, reply in zip("789ACDF", ("421", "450", "550", "451", "452", "552", "554"), strict=True)
    ),
    *((106, ANY, f"0x800CCC6{digit}", "outlook-smtp-other", U) for digit in "0123456BE"),
    *((107, ANY, f"0x800CCC{end}", "outlook-imap", U) for end in ("D1", "D2", "D3", "DD", "DF", "E0")),
    (
        108,
        SMTP,
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "relay-rcpthosts",
        N,
    ),
    *RESPONSE_CODES,
)
