"""What a restore takes over from the database that it replaces: people, and where they are signed in.

Records come back from devices, because the epoch is another one (docs/sync.md). For that, a device that signed in after
the backup was made must stay signed in; and one that was signed out since, or a password that was changed, must not
come back to life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, inspect, select, update

from aios.accounts.models import Account
from aios.records.epoch import new_epoch
from aios.records.tables import SyncHead

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, Any]


class People(msgspec.Struct, frozen=True):
    """Rows of accounts and of devices."""

    accounts: list[Row]
    devices: list[Row]


def read_people(connection: Connection) -> People | None:
    """The people of a database, or None where it has not all that is known of them today."""
    there = inspect(connection)
    for table in (_ACCOUNTS, _DEVICES):
        if not there.has_table(table.name):
            return None
        if {column.name for column in table.columns} - {column["name"] for column in there.get_columns(table.name)}:
            return None
    accounts, devices = (
        [dict(row) for row in connection.execute(select(table)).mappings()] for table in (_ACCOUNTS, _DEVICES)
    )
    return People(accounts, devices)


def bring_people(connection: Connection, people: People) -> None:
    """Add who came since, with an empty space for their devices to fill; set passwords and sign-ins as they were last.

    Who is in the backup alone was removed since, and comes back. A name that somebody else has by now stays theirs.
    """
    there = {row.id: row.username_key for row in connection.execute(select(_ACCOUNTS))}
    names = set(there.values())
    for account in people.accounts:
        if account["id"] in there:
            changed = {name: account[name] for name in ("password_hash", "role", "disabled_at")}
            connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account["id"]).values(changed))
        elif account["username_key"] not in names:
            there[account["id"]] = account["username_key"]
            connection.execute(insert(_ACCOUNTS).values(account))
            connection.execute(insert(_HEADS).values(space_id=account["id"], epoch="", rev=0, floor_rev=0))
    for device in people.devices:
        if device["account_id"] in there:
            connection.execute(delete(_DEVICES).where(_DEVICES.c.id == device["id"]))
            connection.execute(insert(_DEVICES).values(device))


def new_epochs(connection: Connection) -> None:
    """Give every space another epoch, and forget how far devices had read: revisions mean something else now.

    A device sees by the revision that the epoch began with what this database has lost.
    """
    for space_id, rev in connection.execute(select(_HEADS.c.space_id, _HEADS.c.rev)).all():
        connection.execute(update(_HEADS).where(_HEADS.c.space_id == space_id).values(epoch=new_epoch(rev)))
    connection.execute(update(_CLIENTS).values(cursor=None, waiting=0))


_ACCOUNTS, _DEVICES = (Account.metadata.tables[name] for name in ("account", "device"))
_HEADS, _CLIENTS = (SyncHead.metadata.tables[name] for name in ("sync_head", "sync_client"))
