"""The records core: collections, the one write path, the store."""
