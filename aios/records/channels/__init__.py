"""How pokes reach the other processes of a server: Redis where it is set up, else what the database offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.settings import SettingsError

if TYPE_CHECKING:
    from aios.database import Address, Database
    from aios.records.events import Channel
    from aios.settings import Settings


def open_channel(settings: Settings, address: Address, database: Database) -> Channel:
    """Choose the channel; it connects to nothing yet. Raises SettingsError when a package is missing."""
    if settings.redis_url:
        try:
            from aios.records.channels.redis import redis_channel  # noqa: PLC0415  an extra package
        except ImportError as error:
            message = "REDIS_URL is set, but the package redis is not installed. Run: pip install 'aios[redis]'"
            raise SettingsError(message) from error
        return redis_channel(settings.redis_url)
    if address.pooler:  # LISTEN belongs to a session, which a transaction pooler gives nobody
        from aios.records.channels.alone import Alone  # noqa: PLC0415  as above

        return Alone()
    if address.dialect == "postgresql":
        from aios.records.channels.postgresql import postgresql_channel  # noqa: PLC0415  only the driver in use

        return postgresql_channel(address)
    from aios.records.channels.sqlite import Watch  # noqa: PLC0415  as above

    return Watch(database)
