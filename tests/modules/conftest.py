"""Properties of pure functions: an example that a busy machine slows down is no failure."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
