"""Servers that the tests talk to: a real Dovecot, an SMTP sink, and scripted ones that misbehave."""
