"""This computer beside the mail: settings, secrets, log, desktop. Nothing here talks to a server."""
