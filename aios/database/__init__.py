"""Where data is kept: one file of SQLite, or PostgreSQL. Everything else asks a `Database`."""

from aios.database.address import Address
from aios.database.base import Base, Database, Row, Sql, Statement, Steps, run_steps
from aios.database.engine import open_database

__all__ = ["Address", "Base", "Database", "Row", "Sql", "Statement", "Steps", "open_database", "run_steps"]
