"""Blocking connections to mail servers: one class, one connection; model types in and out."""
