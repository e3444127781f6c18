"""Commands that use the tables ask first whether they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.database.address import Address
from aios.database.migrate import current, head
from aios.errors import UnavailableError

if TYPE_CHECKING:
    from aios.settings import Settings


def require_head(settings: Settings) -> Address:
    """Give the database's address. Raises UnavailableError when its schema is not this version's."""
    address = Address.parse(settings.database_url, pooler=settings.database_pooler)
    revision, wanted = current(address), head()
    if revision == wanted:
        return address
    message = f"The database is at revision {revision}, and this version needs {wanted}. Run: aios migrate"
    raise UnavailableError(message)
