"""Errors of this computer and of the way to the server.

The texts are those of Python's socket, ssl and smtplib modules and of the keyring package, on Linux, macOS
and Windows. Order matters: a certificate's own reason stands before the general one.
"""

from __future__ import annotations

from tui.model.explain_rule import Retry, Rule

LOCAL: tuple[Rule, ...] = (
    Rule(
        "name-lookup",
        "",
        (
            "gaierror",
            "name or service not known",
            "temporary failure in name resolution",
            "nodename nor servname provided",
            "getaddrinfo failed",
            "no address associated with hostname",
        ),
        "The server's name could not be found",
        "This computer is offline, or the name is misspelt.",
        "Check the internet connection and the server's name.",
        Retry.BACKOFF,
    ),
    Rule(
        "certificate-expired",
        "",
        ("certificate has expired", "certificate is not yet valid"),
        "The server's certificate is out of date",
        "It has expired or is not valid yet; or the clock of this computer is wrong.",
        "Check the clock. If it is right, the server's owner must renew the certificate.",
        Retry.NEVER,
    ),
    Rule(
        "certificate-host",
        "",
        ("hostname mismatch", "ip address mismatch", "certificate is not valid for"),
        "The server's certificate is made out to another name",
        "The name in the settings is not the server's real one, or somebody else is answering.",
        "Check the server's name with your provider. Never go round this on a foreign network.",
        Retry.NEVER,
    ),
    Rule(
        "certificate",
        "",
        ("sslcertverificationerror", "certificate verify failed", "certificate_verify_failed"),
        "The server could not prove who it is",
        "Its certificate is not trusted here: a company proxy or virus scanner in between, or a wrong clock.",
        "Check the clock. For a company or own certificate, name its file as ca-file of the account.",
        Retry.NEVER,
    ),
    Rule(
        "tls-mismatch",
        "",
        ("wrong_version_number", "wrong version number", "record layer failure", "unknown_protocol"),
        "Port and encryption do not fit together",
        "TLS was spoken on a port that expects STARTTLS, or the other way round.",
        "587 and 143 and 110 go with STARTTLS; 465, 993 and 995 go with TLS.",
        Retry.NEVER,
    ),
    Rule(
        "no-connection",
        "",
        (
            "timeouterror",
            "timed out",
            "connectionrefusederror",
            "connection refused",
            "network is unreachable",
            "no route to host",
            "host is unreachable",
            "winerror 10060",
            "winerror 10061",
        ),
        "The server did not answer",
        "The port is blocked or wrong (Microsoft never answers on 465), or the server is down.",
        "Check the port (587, 993, 995), firewall and VPN; it is tried again by itself.",
        Retry.BACKOFF,
    ),
    Rule(
        "hung-up",
        "",
        (
            "smtpserverdisconnected",
            "connection unexpectedly closed",
            "connection reset by peer",
            "connectionreseterror",
            "broken pipe",
            "unexpected eof",
            "unexpected_eof",
            "eof occurred",
            "socket error: eof",
        ),
        "The server hung up",
        "This often follows a refused sign-in or a long pause.",
        "Nothing to do: it connects again.",
        Retry.BACKOFF,
    ),
    Rule(
        "keyring-too-long",
        "",
        ("1783, 'credwrite'", "credwrite", "the stub received bad data"),
        "Windows cannot store so long a secret",
        "A secret should have been stored in pieces and was not. This is a fault of the program.",
        "Please report it; until then use a password command or this session only.",
        Retry.NEVER,
    ),
    Rule(
        "no-keyring",
        "",
        (
            "nokeyringerror",
            "keyringlocked",
            "no recommended backend was available",
            "failed to unlock the collection",
            "failed to create the collection",
        ),
        "The password store is missing or locked",
        "This computer has none, or nobody has unlocked it.",
        "Unlock it, use a password command, or keep the secret for this session only.",
        Retry.USER,
    ),
)
