"""AIOS, a life operating system: one private app for notes, tasks, calendar and the rest of a life."""

__version__ = "0.1.0"
