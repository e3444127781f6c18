"""What every shell decides, in plain Python: no toolkit and nothing native is imported here."""
