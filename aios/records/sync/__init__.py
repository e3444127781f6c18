"""Sync, the server's half: devices push what was done on them, and pull what was done elsewhere (docs/sync.md)."""
