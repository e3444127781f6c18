"""People, their devices and their sessions."""
