"""Signing up, in and out; devices; passwords; leaving.

Everything slow happens between transactions, never inside one: count the attempt, check the password, then
write. Methods take what the network said as a `Caller` and give an `Admission` that api.py and pages.py
turn into JSON or cookies.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec
from sqlalchemy.orm import Session

from aios.accounts import store
from aios.accounts.credentials import Credentials, check_password
from aios.accounts.forwarded import proxies
from aios.accounts.identity import Identity, Kind
from aios.accounts.limits import Gate, Use, address_key, admit, device_key, give_back, name_key
from aios.accounts.models import Account, Device
from aios.accounts.passwords import Passwords
from aios.accounts.registration import DISABLED, OWNER, invite, role_of_new
from aios.accounts.session import SEEN, SLIDE
from aios.accounts.tokens import LIFE_S, RENEW_AFTER_S, Known, Tokens
from aios.accounts.user_agent import device_name
from aios.database import Database, Sql, Statement, Steps, run_steps
from aios.errors import (
    AiosError,
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from aios.records.clock import now_ms
from aios.records.events import ANY, Events
from aios.records.ids import is_id, new_id
from aios.settings import Rate, Settings

SEEN_EVERY_MS = 5 * 60_000
MOST_SEEN = 50_000
WRONG = "The user name or the password is not right."
WRONG_PASSWORD = "The password is not right."  # noqa: S105  a sentence
_REFUSED = "Some fields need another look."


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """What a request tells about the device that it comes from."""

    address: str
    user_agent: str = ""
    known: Known | None = None
    """The device cookie, if it is ours."""
    session: Identity | None = None
    """Who this browser was signed in as until now."""


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has just begun."""

    identity: Identity
    token: str
    device_token: str
    """The value of the device cookie."""
    use: Use | None
    """What is left of the limit; None where it is switched off."""


class Accounts:
    """The accounts of one server. One object a process, since it holds what attempts are under way.

    Raises SettingsError for a malformed AIOS_TRUSTED_PROXIES.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        tokens: Tokens,
        passwords: Passwords,
        events: Events | None = None,
    ) -> None:
        proxies(settings.trusted_proxies)  # a malformed entry is told at the start, not at the first request
        self._database = database
        self._settings = settings
        self._tokens = tokens
        self._passwords = passwords
        self._events = events
        self._gate = Gate()
        self._seen: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def register(self, credentials: Credentials, caller: Caller, kind: Kind, invitation: str = "") -> Admission:
        """Make an account, its empty space and its first session. The first account is the owner's.

        Raises ConflictError for a taken name, ForbiddenError for who is not let in, and TooManyError; only accounts
        that were made count.
        """
        registration = self._settings.registration
        keys = (address_key("register", caller.address),)
        async with self._attempt(self._settings.register_limit, keys) as use:
            try:
                await self._may_register(invitation)
                account = await self._new_account(credentials)
                device = _device(account, caller, kind)
                replaces = _replaced(account.id, caller, kind)

                def work(session: Session) -> None:
                    account.role = role_of_new(session, registration, invitation, account.created_at, use=True)
                    store.add_account(session, account)
                    store.add_device(session, device, replaces=replaces)

                await self._database.write(work)
            except AiosError:
                if use is not None:
                    await self._database.run(give_back(keys))
                raise
        return self._admit(account, device, kind, use)

    async def sign_in(self, credentials: Credentials, caller: Caller, kind: Kind) -> Admission:
        """Begin a session. Raises UnauthenticatedError and TooManyError, alike for names that nobody has.

        Raises ForbiddenError for a right password of an account that is switched off.
        """
        key = credentials.username_key
        account, known = await self._database.read(lambda session: _find(session, key, caller.known))
        person = device_key("login", caller.known.device_id) if known and caller.known else name_key("login", key)
        keys = (address_key("login", caller.address), person)
        async with self._attempt(self._settings.login_limit, keys) as use:
            if account is None:
                await self._passwords.verify_nothing(credentials.password)
                raise _wrong(use)
            if not await self._passwords.verify(account.password_hash, credentials.password):
                raise _wrong(use)
            if account.disabled_at is not None:
                raise ForbiddenError(DISABLED)
            fresh = ""
            if self._passwords.outdated(account.password_hash):
                fresh = await self._passwords.hash_password(credentials.password)
            device = _device(account, caller, kind)
            replaces = _replaced(account.id, caller, kind)

            def work(session: Session) -> None:
                current = session.get(Account, account.id)
                if current is None or current.password_hash != account.password_hash:
                    raise _wrong(use)
                if current.disabled_at is not None:
                    raise ForbiddenError(DISABLED)
                current.password_hash = fresh or current.password_hash
                store.add_device(session, device, replaces=replaces)
                if use is not None:
                    run_steps(session, give_back(keys))

            await self._database.write(work)
        left = None if use is None else msgspec.structs.replace(use, remaining=use.remaining + 1)
        return self._admit(account, device, kind, left)

    async def sign_out(self, identity: Identity) -> None:
        """End the session, here and on the server."""
        now = now_ms()
        await self._database.write(
            lambda session: store.sign_out_device(session, identity.account_id, identity.device_id, now)
        )
        self._ended(identity)

    async def account(self, identity: Identity) -> Account:
        """The signed-in person's row. Raises UnauthenticatedError when it is gone."""
        found = await self._database.read(lambda session: session.get(Account, identity.account_id))
        if found is None:
            raise UnauthenticatedError
        return found

    async def invite(self, identity: Identity) -> str:
        """Make an invitation; gives its token. Raises ForbiddenError for who is no owner."""
        now = now_ms()

        def work(session: Session) -> str:
            account = session.get(Account, identity.account_id)
            if account is None or account.role != OWNER:
                message = "Only owners of this server invite."
                raise ForbiddenError(message)
            return invite(session, now)

        return await self._database.write(work)

    async def devices(self, identity: Identity) -> list[Device]:
        """Where the person is signed in, the last seen first."""
        now = now_ms()
        return await self._database.read(lambda session: store.living_devices(session, identity.account_id, now))

    async def last_syncs(self, identity: Identity) -> dict[str, store.Synced]:
        """When the person's devices last synced, by device id."""
        return await self._database.read(lambda session: store.last_syncs(session, identity.account_id))

    async def revoke(self, identity: Identity, device_id: str) -> None:
        """End the session of one device. Raises NotFoundError."""
        if not is_id(device_id):
            raise NotFoundError(store.SIGNED_OUT)
        now = now_ms()
        await self._database.write(lambda session: store.revoke_device(session, identity.account_id, device_id, now))
        self._ended(identity)

    async def revoke_others(self, identity: Identity) -> None:
        """End every session but this one."""
        now, keep = now_ms(), identity.device_id
        await self._database.write(lambda session: store.revoke_devices(session, identity.account_id, now, keep=keep))
        self._ended(identity)

    async def change_password(self, identity: Identity, current: str, new: str) -> None:
        """Set another password and end every other session. Raises InvalidError and TooManyError."""
        errors = check_password(new, "newPassword")
        if errors:
            raise InvalidError(_REFUSED, tuple(errors))
        await self._prove(identity, current, "currentPassword")
        hashed = await self._passwords.hash_password(new)
        now = now_ms()
        await self._database.write(lambda session: _set_password(session, identity, hashed, now))
        self._ended(identity)

    async def delete_account(self, identity: Identity, password: str) -> None:
        """Remove the person and all that is theirs. Raises InvalidError and TooManyError."""
        await self._prove(identity, password, "password")
        await self._database.write(lambda session: store.remove_account(session, identity.account_id))
        self._ended(identity)

    def touch(self, identity: Identity, now: int) -> None:
        """Note, at most every five minutes and without waiting, that the device was seen at `now` (ms)."""
        if now - self._seen.get(identity.device_id, 0) < SEEN_EVERY_MS:
            return
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[identity.device_id] = now
        task = asyncio.create_task(self._note(identity.device_id, now))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def renew(self, identity: Identity, now: int) -> str | None:
        """Let a cookie session that is older than a day go on for 90 days from `now` (ms): its new token, or None."""
        if identity.kind != "cookie" or now // 1000 - identity.issued_at < RENEW_AFTER_S:
            return None
        expires = now + LIFE_S["cookie"] * 1000
        await self._database.run(_one(SLIDE, expires, now, identity.device_id))
        return self._tokens.issue(
            identity.account_id, identity.username, identity.device_id, "cookie", now_s=now // 1000
        )

    async def close(self) -> None:
        """Wait for what `touch` began. Call it before the database closes."""
        await asyncio.gather(*self._tasks)

    @asynccontextmanager
    async def _attempt(self, rate: Rate, keys: Sequence[str]) -> AsyncGenerator[Use | None, None]:
        """Count an attempt under `keys` and wait until it may be made. Raises TooManyError."""
        if not rate.count:
            yield None
            return
        async with self._gate.passing(rate.count, keys):
            yield await self._database.run(admit(rate, keys, now_ms()))

    async def _prove(self, identity: Identity, password: str, field: str) -> None:
        """Check the signed-in person's password; guesses from a borrowed session are limited too."""
        account = await self.account(identity)
        keys = (device_key("password", identity.device_id),)
        async with self._attempt(self._settings.login_limit, keys) as use:
            if not await self._passwords.verify(account.password_hash, password):
                raise InvalidError(_REFUSED, (FieldError(field, WRONG_PASSWORD),))
            if use is not None:
                await self._database.run(give_back(keys))

    async def _may_register(self, invitation: str) -> None:
        """Raise ForbiddenError before a password is hashed for nothing."""
        registration, now = self._settings.registration, now_ms()
        await self._database.read(lambda session: role_of_new(session, registration, invitation, now, use=False))

    async def _new_account(self, credentials: Credentials) -> Account:
        key = credentials.username_key
        if await self._database.read(lambda session: store.find_account(session, key)) is not None:
            raise ConflictError(store.TAKEN, code="taken")
        return Account(
            id=new_id(),
            username=credentials.username,
            username_key=key,
            password_hash=await self._passwords.hash_password(credentials.password),
            created_at=now_ms(),
        )

    def _ended(self, identity: Identity) -> None:
        """Let the streams of the account find out whether their session still stands."""
        if self._events is not None:
            self._events.publish(identity.space_id, ANY)

    async def _note(self, device_id: str, now: int) -> None:
        # Nobody waits for it, and it is noted again in five minutes.
        with suppress(AiosError):
            await self._database.run(_one(SEEN, now, device_id, now))

    def _admit(self, account: Account, device: Device, kind: Kind, use: Use | None) -> Admission:
        token = self._tokens.issue(account.id, account.username, device.id, kind, now_s=device.created_at // 1000)
        return Admission(
            identity=self._tokens.read(token),
            token=token,
            device_token=self._tokens.issue_known(account.id, device.id),
            use=use,
        )


def _device(account: Account, caller: Caller, kind: Kind) -> Device:
    now = now_ms()
    return Device(
        id=new_id(),
        account_id=account.id,
        name=device_name(caller.user_agent),
        kind=kind,
        known=kind == "cookie",
        created_at=now,
        last_seen_at=now,
        expires_at=now + LIFE_S[kind] * 1000,
        revoked_at=None,
    )


def _replaced(account_id: str, caller: Caller, kind: Kind) -> tuple[str, ...]:
    """The sessions that end because the same browser begins another."""
    if kind != "cookie":
        return ()
    session = caller.session.device_id if caller.session and caller.session.kind == "cookie" else ""
    known = caller.known.device_id if caller.known and caller.known.account_id == account_id else ""
    return tuple({each for each in (session, known) if each})


def _find(session: Session, key: str, known: Known | None) -> tuple[Account | None, bool]:
    """The account of a name, and whether `known` is a device of it that may pass the account's lock."""
    account = store.find_account(session, key)
    if account is None or known is None or known.account_id != account.id:
        return account, False
    return account, store.known_device(session, known.device_id)


def _set_password(session: Session, identity: Identity, hashed: str, now: int) -> None:
    account = session.get(Account, identity.account_id)
    if account is None:
        raise UnauthenticatedError
    account.password_hash = hashed
    store.revoke_devices(session, account.id, now, keep=identity.device_id)


def _wrong(use: Use | None) -> UnauthenticatedError:
    error = UnauthenticatedError(WRONG, reason="credentials")
    error.headers.update(use.headers() if use else {})
    return error


def _one(sql: Sql, *params: object) -> Steps[None]:
    yield Statement(sql, params)
