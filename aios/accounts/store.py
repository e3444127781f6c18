"""What accounts and devices are asked and told inside one transaction: plain functions over a session."""

from __future__ import annotations

import msgspec
from advanced_alchemy.repository import SQLAlchemySyncRepository
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import aios.port.models  # noqa: F401  what somebody sent goes with them  # pyright: ignore[reportUnusedImport]
from aios.accounts.models import Account, Device
from aios.errors import ConflictError, NotFoundError
from aios.jobs.models import Job
from aios.records.epoch import new_epoch
from aios.records.tables import RecordKey, SyncClient, SyncHead

FORGET_AFTER_MS = 90 * 86_400_000
TAKEN = "This user name is taken. Choose another one."
SIGNED_OUT = "This device is not signed in any more."


class Synced(msgspec.Struct, frozen=True):
    """When a device last synced (ms), and how many changes it still held then."""

    at: int
    waiting: int


class AccountRepository(SQLAlchemySyncRepository[Account]):
    """People."""

    model_type = Account


class DeviceRepository(SQLAlchemySyncRepository[Device]):
    """Their sign-ins."""

    model_type = Device


def find_account(session: Session, key: str) -> Account | None:
    """The account with this folded name."""
    return _accounts(session).get_one_or_none(username_key=key)


def list_accounts(session: Session) -> list[Account]:
    """Everybody, by name."""
    return list(_accounts(session).get_many(order_by=(Account.username_key, False)))


def add_account(session: Session, account: Account) -> None:
    """Add a person and their empty space. Raises ConflictError when the name is taken, if only just now."""
    try:
        _accounts(session).add(account)
    except IntegrityError as error:
        raise ConflictError(TAKEN, code="taken") from error
    session.add(SyncHead(space_id=account.id, epoch=new_epoch(), rev=0, floor_rev=0))


def add_device(session: Session, device: Device, *, replaces: tuple[str, ...]) -> None:
    """Add a sign-in, and end those that the same browser had before. Forgets the account's long dead ones."""
    if replaces:
        session.execute(
            update(Device)
            .where(Device.id.in_(replaces), Device.revoked_at.is_(None))
            .values(revoked_at=device.created_at)
        )
        session.execute(update(Device).where(Device.id.in_(replaces)).values(known=False))
    long_ago = device.created_at - FORGET_AFTER_MS
    session.execute(
        delete(Device).where(
            Device.account_id == device.account_id, or_(Device.revoked_at < long_ago, Device.expires_at < long_ago)
        )
    )
    _devices(session).add(device)


def known_device(session: Session, device_id: str) -> bool:
    """Whether this device signed in before and was not revoked."""
    device = session.get(Device, device_id)
    return device is not None and device.known


def living_devices(session: Session, account_id: str, now_ms: int) -> list[Device]:
    """The devices that are signed in, the last seen first."""
    return list(
        _devices(session).get_many(
            Device.account_id == account_id,
            Device.revoked_at.is_(None),
            Device.expires_at > now_ms,
            order_by=[(Device.last_seen_at, True), (Device.id, True)],
        )
    )


def last_syncs(session: Session, account_id: str) -> dict[str, Synced]:
    """The last sync of each device that ever did, by its id; after its copy was cleared, that of the new one."""
    wanted = (SyncClient.device, SyncClient.seen_at, SyncClient.waiting)
    rows = session.execute(select(*wanted).where(SyncClient.space_id == account_id).order_by(SyncClient.seen_at))
    return {device: Synced(seen_at, waiting) for device, seen_at, waiting in rows}


def sign_out_device(session: Session, account_id: str, device_id: str, now_ms: int) -> None:
    """End a session; the browser stays known, so that strangers cannot lock its person out."""
    session.execute(
        update(Device)
        .where(Device.id == device_id, Device.account_id == account_id, Device.revoked_at.is_(None))
        .values(revoked_at=now_ms)
    )


def revoke_device(session: Session, account_id: str, device_id: str, now_ms: int) -> None:
    """End another device's session for good. Raises NotFoundError when the account has no such session."""
    device = session.get(Device, device_id)
    if device is None or device.account_id != account_id or device.revoked_at is not None:
        raise NotFoundError(SIGNED_OUT)
    device.revoked_at = now_ms
    device.known = False


def revoke_devices(session: Session, account_id: str, now_ms: int, *, keep: str = "") -> None:
    """End every session of the account except `keep`, those that were signed out but known included."""
    others = (Device.account_id == account_id, Device.id != keep)
    session.execute(
        update(Device).where(*others).values(known=False, revoked_at=func.coalesce(Device.revoked_at, now_ms))
    )


def remove_account(session: Session, account_id: str) -> None:
    """Remove a person and every row of every table that belongs to them or their space."""
    number = select(SyncHead.number).where(SyncHead.space_id == account_id).scalar_subquery()
    session.execute(delete(RecordKey).where(RecordKey.space == number))
    # Any model knows all tables; naming this one makes sure that jobs are among them on the command line too.
    for table in reversed(Job.metadata.sorted_tables):
        for column in ("space_id", "account_id"):
            if column in table.columns:
                session.execute(delete(table).where(table.columns[column] == account_id))
    session.execute(delete(Account).where(Account.id == account_id))


def _accounts(session: Session) -> AccountRepository:
    return AccountRepository(session=session, wrap_exceptions=False)


def _devices(session: Session) -> DeviceRepository:
    # Unwrapped, a lost connection stays what `Database` knows as "nothing was kept, try again".
    return DeviceRepository(session=session, wrap_exceptions=False)
