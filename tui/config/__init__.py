"""Files and keyring: where things are, the settings, the secrets, the log. Nothing here talks to a server."""
