"""Devices, passwords, leaving: on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, literal, select

import aios.jobs.models
from aios.accounts.credentials import Credentials
from aios.accounts.models import Account, Device
from aios.accounts.service import SEEN_EVERY_MS, Caller
from aios.accounts.session import SESSION
from aios.accounts.tokens import DAY_S, Known
from aios.database import Base, Sql, Statement
from aios.errors import (
    AiosError,
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
    UnavailableError,
)
from aios.records.clock import now_ms
from aios.records.ids import new_id
from aios.records.tables import RecordKey, SyncHead
from aios.settings import Rate

MARA = Credentials("Mara", "correct horse")
HERE = Caller(address="203.0.113.9", user_agent="curl/8.5")
ELSEWHERE = Caller(address="203.0.113.10", user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/145.0")
DAY_MS = DAY_S * 1000


@pytest.fixture
def accounts(server):
    return server.accounts


async def state(server, identity, at=None):
    """What the front asks on every request."""
    params = (identity.account_id, identity.device_id, at or now_ms())
    return await server.database.fetch(Statement(SESSION, params))


async def device(server, identity):
    return await server.database.read(lambda session: session.get(Device, identity.device_id))


async def test_a_session_stands_until_it_expires(server, accounts):
    identity = (await accounts.register(MARA, HERE, "cookie")).identity
    ((epoch, rev),) = await state(server, identity)
    assert (len(epoch), rev) == (8, 0)
    assert await state(server, identity, now_ms() + 90 * DAY_MS - 60_000)
    assert not await state(server, identity, now_ms() + 90 * DAY_MS + 60_000)


async def test_a_session_is_of_its_own_account_only(server, accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    finn = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
    params = (mara.account_id, finn.device_id, now_ms())
    assert not await server.database.fetch(Statement(SESSION, params))


async def test_signing_out_ends_one_session(server, accounts):
    first = (await accounts.register(MARA, HERE, "cookie")).identity
    second = (await accounts.sign_in(MARA, ELSEWHERE, "cookie")).identity
    await accounts.sign_out(first)
    assert not await state(server, first)
    assert await state(server, second)


async def test_devices_are_listed_the_last_seen_first(accounts):
    first = (await accounts.register(MARA, HERE, "bearer")).identity
    second = (await accounts.sign_in(MARA, ELSEWHERE, "cookie")).identity
    third = (await accounts.sign_in(MARA, HERE, "cookie")).identity
    await accounts.sign_out(third)
    stranger = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
    accounts.touch(first, now_ms() + SEEN_EVERY_MS)
    await accounts.close()
    listed = await accounts.devices(second)
    assert [(each.id, each.name, each.kind) for each in listed] == [
        (first.device_id, "curl", "bearer"),
        (second.device_id, "Firefox on Windows", "cookie"),
    ]
    assert [each.id for each in await accounts.devices(stranger)] == [stranger.device_id]


async def test_only_own_devices_can_be_revoked(server, accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    other = (await accounts.sign_in(MARA, ELSEWHERE, "cookie")).identity
    finn = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
    for wrong in (finn.device_id, new_id(), "nonsense", "\x00"):
        with pytest.raises(NotFoundError):
            await accounts.revoke(mara, wrong)
    assert await state(server, finn)
    await accounts.revoke(mara, other.device_id)
    assert not await state(server, other)
    with pytest.raises(NotFoundError):
        await accounts.revoke(mara, other.device_id)


async def test_all_others_can_be_revoked(server, accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    others = [(await accounts.sign_in(MARA, ELSEWHERE, kind)).identity for kind in ("cookie", "bearer")]
    finn = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
    await accounts.revoke_others(mara)
    assert [bool(await state(server, each)) for each in (mara, *others, finn)] == [True, False, False, True]


async def test_another_password_ends_the_other_sessions(server, accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    other = (await accounts.sign_in(MARA, ELSEWHERE, "bearer")).identity
    with pytest.raises(InvalidError) as refused:
        await accounts.change_password(mara, "wrong password", "another horse")
    assert [error.field for error in refused.value.errors] == ["currentPassword"]
    with pytest.raises(InvalidError) as refused:
        await accounts.change_password(mara, "correct horse", "short")
    assert [error.field for error in refused.value.errors] == ["newPassword"]
    assert await state(server, other)
    await accounts.change_password(mara, "correct horse", "another horse")
    assert [bool(await state(server, each)) for each in (mara, other)] == [True, False]
    with pytest.raises(UnauthenticatedError):
        await accounts.sign_in(MARA, HERE, "bearer")
    await accounts.sign_in(Credentials("mara", "another horse"), HERE, "bearer")


async def test_guessing_from_a_borrowed_session_is_limited(accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    for _ in range(5):
        with pytest.raises(InvalidError):
            await accounts.delete_account(mara, "wrong password")
    with pytest.raises(TooManyError):
        await accounts.delete_account(mara, "correct horse")


async def test_leaving_removes_everything_of_that_person_and_nothing_else(server, accounts):
    mara = (await accounts.register(MARA, HERE, "cookie")).identity
    finn = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
    tables = [each for each in Base.metadata.sorted_tables if {"space_id", "account_id"} & set(each.columns.keys())]
    expected = {"record", "sync_head", "device", "job", "text_version", "due", "blob"}
    assert expected <= {each.name for each in tables}
    for identity in (mara, finn):
        await server.database.write(lambda session, identity=identity: _fill(session, tables, identity.account_id))
        await server.database.write(lambda session, identity=identity: session.execute(_key_of(identity.account_id)))
    with pytest.raises(InvalidError):
        await accounts.delete_account(mara, "wrong password")
    assert await state(server, mara)
    await accounts.delete_account(mara, "correct horse")
    assert not await state(server, mara)
    for table in tables:
        column = "space_id" if "space_id" in table.columns else "account_id"
        rows = await server.database.fetch(Statement(Sql(f"SELECT DISTINCT {column} FROM {table.name}"), ()))  # noqa: S608
        assert [row[0] for row in rows] == [finn.account_id], table.name
    keys = Sql("SELECT h.space_id FROM record_key k LEFT JOIN sync_head h ON h.number = k.space")
    assert [row[0] for row in await server.database.fetch(Statement(keys))] == [finn.account_id]
    people = await server.database.fetch(Statement(Sql("SELECT username FROM account"), ()))
    assert [row[0] for row in people] == ["Finn"]
    await accounts.register(MARA, HERE, "cookie")


def _key_of(account_id):
    """An insert of a sort key, which knows its space by a number."""
    head = select(SyncHead.number, *map(literal, ("notes", "title", "roof", "x"))).where(
        SyncHead.space_id == account_id
    )
    return insert(RecordKey).from_select(["space", "collection", "name", "key", "record_id"], head)


def _fill(session, tables, account_id):
    """A row of each table that does not have one yet."""
    record_id = new_id()
    for table in tables:
        if table.name in {"device", "sync_head"}:
            continue
        values = {}
        for column in table.columns:
            if column.name in {"space_id", "account_id"}:
                values[column.name] = account_id
            elif column.name == "record_id" or (table.name == "record" and column.name == "id"):
                values[column.name] = record_id
            elif column.name in {"id", "upload_id", "token_hash"}:
                values[column.name] = new_id()
            elif not column.nullable:
                values[column.name] = {bool: False, int: 1, str: "x", bytes: b"x"}[column.type.python_type]
        session.execute(table.insert().values(values))


async def test_a_stranger_cannot_lock_out_a_browser_that_is_known(accounts):
    admission = await accounts.register(MARA, HERE, "cookie")
    known = Known(admission.identity.account_id, admission.identity.device_id)
    await accounts.sign_out(admission.identity)
    for number in range(5):
        with pytest.raises(UnauthenticatedError):
            await accounts.sign_in(Credentials("mara", "guess guess"), Caller(address=f"198.51.100.{number}"), "bearer")
    with pytest.raises(TooManyError):
        await accounts.sign_in(MARA, HERE, "cookie")
    again = await accounts.sign_in(MARA, Caller(address=HERE.address, known=known), "cookie")
    assert again.identity.account_id == admission.identity.account_id


async def test_a_known_browser_has_a_limit_of_its_own(accounts):
    identity = (await accounts.register(MARA, HERE, "cookie")).identity
    known = Known(identity.account_id, identity.device_id)
    for number in range(5):
        guesser = Caller(address=f"198.51.100.{number}", known=known)
        with pytest.raises(UnauthenticatedError):
            await accounts.sign_in(Credentials("mara", "guess guess"), guesser, "cookie")
    with pytest.raises(TooManyError):
        await accounts.sign_in(MARA, Caller(address=HERE.address, known=known), "cookie")
    await accounts.sign_in(MARA, HERE, "cookie")


@pytest.mark.parametrize("how", ["revoked", "others revoked", "password changed", "another account", "a program"])
async def test_what_is_not_known_any_more_is_locked_like_everybody(accounts, how):
    kind = "bearer" if how == "a program" else "cookie"
    identity = (await accounts.register(MARA, HERE, kind)).identity
    other = (await accounts.sign_in(MARA, HERE, "cookie")).identity
    known = Known(identity.account_id, identity.device_id)
    if how == "revoked":
        await accounts.revoke(other, identity.device_id)
    elif how == "others revoked":
        await accounts.sign_out(identity)
        await accounts.revoke_others(other)
    elif how == "password changed":
        await accounts.sign_out(identity)
        await accounts.change_password(other, "correct horse", "another horse")
    elif how == "another account":
        finn = (await accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie")).identity
        known = Known(finn.account_id, finn.device_id)
    for number in range(5):
        with pytest.raises(UnauthenticatedError):
            await accounts.sign_in(Credentials("mara", "guess guess"), Caller(address=f"198.51.100.{number}"), "bearer")
    with pytest.raises(TooManyError):
        await accounts.sign_in(MARA, Caller(address="198.51.100.99", known=known), "cookie")


async def test_the_next_session_of_a_browser_replaces_the_one_before(server, accounts):
    first = await accounts.register(MARA, HERE, "cookie")
    known = Known(first.identity.account_id, first.identity.device_id)
    second = (await accounts.sign_in(MARA, Caller(address=HERE.address, known=known), "cookie")).identity
    assert not await state(server, first.identity)
    assert not (await device(server, first.identity)).known
    same_browser = Caller(address=HERE.address, session=second)
    finn = await accounts.register(Credentials("Finn", "correct horse"), same_browser, "cookie")
    assert [bool(await state(server, each)) for each in (second, finn.identity)] == [False, True]
    program = await accounts.sign_in(MARA, Caller(address=HERE.address, session=finn.identity), "bearer")
    assert [bool(await state(server, each)) for each in (program.identity, finn.identity)] == [True, True]


async def test_devices_dead_for_long_are_forgotten(server, accounts):
    first = (await accounts.register(MARA, HERE, "cookie")).identity
    second = (await accounts.sign_in(MARA, HERE, "cookie")).identity
    long_ago = now_ms() - 91 * DAY_MS
    await server.database.write(lambda session: setattr(session.get(Device, first.device_id), "revoked_at", long_ago))
    await accounts.sign_in(MARA, HERE, "cookie")
    assert await device(server, first) is None
    assert await device(server, second) is not None


async def test_being_seen_is_noted_every_five_minutes(server, accounts):
    identity = (await accounts.register(MARA, HERE, "cookie")).identity
    start = now_ms() + 1000
    noted = []
    for wait in (0, SEEN_EVERY_MS - 1, SEEN_EVERY_MS, SEEN_EVERY_MS + 1):
        accounts.touch(identity, start + wait)
        await accounts.close()
        noted.append((await device(server, identity)).last_seen_at - start)
    assert noted == [0, 0, SEEN_EVERY_MS, SEEN_EVERY_MS]


async def test_a_cookie_session_slides_once_a_day(server, accounts):
    identity = (await accounts.register(MARA, HERE, "cookie")).identity
    now = identity.issued_at * 1000
    assert await accounts.renew(identity, now + DAY_MS - 1000) is None
    token = await accounts.renew(identity, now + DAY_MS)
    renewed = server.tokens.read(token)
    assert renewed.device_id == identity.device_id
    assert renewed.expires_at == identity.expires_at + DAY_S
    assert (await device(server, identity)).expires_at == renewed.expires_at * 1000
    assert await accounts.renew(renewed, now + DAY_MS + 1000) is None


async def test_a_bearer_session_does_not_slide(accounts):
    identity = (await accounts.register(MARA, HERE, "bearer")).identity
    assert await accounts.renew(identity, identity.issued_at * 1000 + 3 * DAY_MS) is None


async def test_sliding_revives_nothing(server, accounts):
    identity = (await accounts.register(MARA, HERE, "cookie")).identity
    await accounts.sign_out(identity)
    await accounts.renew(identity, identity.issued_at * 1000 + 2 * DAY_MS)
    assert not await state(server, identity)


async def test_a_password_changed_during_a_sign_in_is_not_overtaken(server, accounts, monkeypatch):
    await accounts.register(MARA, HERE, "cookie")
    verify = server.passwords.verify

    async def slow(hashed, password):
        right = await verify(hashed, password)
        await server.database.write(lambda session: setattr(session.query(Account).one(), "password_hash", "changed"))
        return right

    monkeypatch.setattr(server.passwords, "verify", slow)
    with pytest.raises(UnauthenticatedError):
        await accounts.sign_in(MARA, HERE, "cookie")


async def test_a_lost_database_is_unavailable_and_no_wrong_password(server, accounts):
    await accounts.register(MARA, HERE, "cookie")
    await server.database.run(_drop())
    for attempt in (
        accounts.sign_in(MARA, HERE, "cookie"),
        accounts.register(Credentials("Finn", "correct horse"), HERE, "cookie"),
    ):
        with pytest.raises(AiosError) as refused:
            await attempt
        assert isinstance(refused.value, UnavailableError)


def _drop():
    yield Statement(Sql("ALTER TABLE device RENAME TO gone"))


async def test_a_name_taken_between_look_and_write_is_a_conflict(serve, monkeypatch):
    server = serve(register_limit=Rate(0, 1))
    hash_password = server.passwords.hash_password

    async def slow(password):
        monkeypatch.undo()
        await server.accounts.register(MARA, HERE, "cookie")
        return await hash_password(password)

    monkeypatch.setattr(server.passwords, "hash_password", slow)
    with pytest.raises(ConflictError):
        await server.accounts.register(Credentials("mara", "another horse"), HERE, "cookie")


def test_the_table_of_jobs_is_emptied_too():
    assert aios.jobs.models.Job.__table__ in Base.metadata.sorted_tables
