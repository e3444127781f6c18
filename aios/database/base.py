"""What both databases offer: statements for the hot path, sessions for the rest, one transaction each.

The records core is written once, as generators that yield a `Statement` and are sent its rows
(sans I/O). `sqlite.py` runs such a generator on the writer thread, `postgresql.py` awaits it on a
pooled connection; neither knows what the statements mean.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec
from advanced_alchemy.base import DefaultBase

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from sqlalchemy.orm import Session

T = TypeVar("T")
Row: TypeAlias = "Sequence[Any]"
_VALUES, _END_OF_VALUES = "VALUES ", " ON CONFLICT"
_encode = msgspec.json.Encoder().encode


class Base(DefaultBase):
    """Root of the SQLAlchemy models: accounts, devices, jobs, limits, and the record tables for Alembic."""

    __abstract__ = True


class Sql:
    """One SQL text with `?` placeholders, for both databases; `postgresql` is its wording where they differ.

    `array`: PostgreSQL's wording takes the rows of a `many` as one JSON array, which it runs through faster than it
    runs a statement for each. SQLite is faster with the rows as parameters (`of_rows`).
    """

    __slots__ = ("_of_rows", "array", "postgresql", "sqlite")

    def __init__(self, sqlite: str, postgresql: str | None = None, *, array: bool = False) -> None:
        number = count(1)
        self.array = array
        self.sqlite = sqlite
        self.postgresql = re.sub(r"\?", lambda _: f"${next(number)}", sqlite if postgresql is None else postgresql)
        self._of_rows: dict[int, str] = {}

    @property
    def inserts(self) -> bool:
        """Whether it inserts a row of values."""
        return _VALUES in self.sqlite

    def of_rows(self, number: int) -> str:
        """SQLite's wording of an insert with so many rows of values."""
        text = self._of_rows.get(number)
        if text is None:
            head, _, tail = self.sqlite.partition(_VALUES)
            end = tail.find(_END_OF_VALUES) if _END_OF_VALUES in tail else len(tail)
            text = self._of_rows[number] = head + _VALUES + ", ".join([tail[:end]] * number) + tail[end:]
        return text


class Statement(NamedTuple):
    """A text with its parameters. `many` runs it once for each tuple of `params`, and gives no rows."""

    sql: Sql
    params: Sequence[Any] = ()
    many: bool = False

    @property
    def as_array(self) -> tuple[str]:
        """The parameter of a text that takes all rows as one JSON array."""
        return (_encode(self.params).decode(),)


Steps: TypeAlias = "Generator[Statement, list[Row], T]"


class Database(Protocol):
    """An open database. All writes of the process go through `write` or `run`."""

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which database it is."""
        ...

    async def open(self) -> None:
        """Connect. Raises UnavailableError when the server cannot be reached."""

    async def close(self) -> None:
        """Finish what was accepted, then disconnect."""

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` with a SQLAlchemy session that sees what is committed. It must not write."""
        ...

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction, which is durable when this returns.

        Raises what `work` raises, with nothing kept, and UnavailableError when the commit fails.
        `work` may run on another thread and must neither wait nor render nor hash.
        """
        ...

    async def run(self, steps: Steps[T]) -> T:
        """Run the statements of `steps` in one transaction, which is durable when this returns. Errors as `write`."""
        ...

    async def fetch(self, statement: Statement) -> list[Row]:
        """Run one reading statement at once, on the loop where the database allows it: for indexed, limited reads."""
        ...

    async def search(self, statement: Statement) -> list[Row]:
        """Run one reading statement that may be slow, away from the loop."""
        ...


def run_steps(session: Session, steps: Steps[T]) -> T:
    """Run `steps` inside the transaction of a SQLAlchemy session: record writes beside account or job writes."""
    connection = session.connection()
    postgresql = connection.dialect.name == "postgresql"
    try:
        statement = next(steps)
        while True:
            text = statement.sql.postgresql if postgresql else statement.sql.sqlite
            params = [tuple(each) for each in statement.params] if statement.many else tuple(statement.params)
            if statement.many and not params:
                statement = steps.send([])
                continue
            result = connection.exec_driver_sql(text, params)
            statement = steps.send(list(result.all()) if result.returns_rows else [])
    except StopIteration as stop:
        value: T = stop.value
        return value
