"""Copies of everything a server keeps, made while it runs, and bringing them back (docs/backup.md)."""
