"""Documents, queries and forms as people and their devices might make them, drawn from the registry's declarations.

Text mixes what Markdown, HTML and the two languages treat in their own ways, with characters of every script that
Unicode 14 has: engines carry different versions (docs/parity.md). Ids and titles come from small pools, so that
records point at one another, in cycles too.
"""

# ruff: noqa: RUF001  text is made of look-alikes too

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from aios.modules import Registry, discover
from aios.records.collection import Collection, Field
from aios.records.query import NO_COPY, Query, Read
from aios.records.stubs import keep
from aios.records.text import normalise, text_hash
from aios.web.offers import offered
from aios.web.when import bounds, local_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aios.modules import Module, Want
    from aios.records.collection import Document

Strategy = st.SearchStrategy[Any]
REGISTRY: Registry = discover()
IDS = [f"019ab2c4-0000-7000-8000-{number:012x}" for number in (*range(6), 0xFFFFFFFFFFFF)]
# A line here is what a device's text may be made of.
PIECES = (
    *("#", "#tag ", "#tag/é-1", "[[", "]]", "[[Bread]]", "`", "```\n", "~~~\n", "\n", "\n\n", "\\", " ", "  ", "\t"),
    *("# ", "- ", "- [x] ", "1. ", "> ", "**", "_", "~~", "|", "|-|-|\n", "---\n", "![a](/b.png)", "[a](https://b.c)"),
    *("<b>", "</script>", "&amp;", '"', "'", "%", "?", "=", "+", "{{ x }}", "$&", "${x}", "__proto__", "constructor"),
    *("a", "Bread", "word ", "0", "١", "𝟙", "e\u0301", "é", "ﬁ", "ß", "İ", "Σς", "\u1e9e", "\u0345", "\u0f73"),
    *("𝒳", "\U0010ffff", "\uffff", "😀", "👩\u200d👧", "שָׁלוֹם", "العَرَبِيَّة", "漢字", "한국어", "\u1112\u1161"),
    *("ไทย", "हिन्दी", f"[[{'𝒳' * 200}]]", f"[[{'é' * 252}]]", f"[[{'𝒳' * 253}]] ]]"),
    *("\x85", "\xa0", "\x1c", "\u180e", "\u200b", "\u2028", "\u3000", "\ufeff", "…", "\u202e", "\xad"),
)  # fmt: skip
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn"])
if unicodedata.unidata_version > "14.1":  # Python 3.12 and later know more than an engine may
    ASSIGNED = st.characters(exclude_categories=["Cs", "Cn"], max_codepoint=0xFFFF)
TEXT = st.lists(st.sampled_from(PIECES) | st.text(ASSIGNED, max_size=4), max_size=8).map(
    lambda pieces: normalise("".join(pieces))
)
LONG = st.one_of(TEXT, st.tuples(TEXT, st.integers(2, 80)).map(lambda drawn: drawn[0] * drawn[1]))
TITLES = st.sampled_from(["Bread", "bread", "Éclair", "x" * 200, "Σ", "🪴 ", "Untitled"]) | TEXT.map(
    lambda text: text or "x"
)
# None whose rules differ between versions of the time zone database: test_device_when.py lists those.
ZONES = (
    *("UTC", "Europe/Lisbon", "Europe/Dublin", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati"),
    *("America/St_Johns", "Africa/Cairo", "Asia/Tehran", "Pacific/Chatham", "Antarctica/Troll", "America/Sao_Paulo"),
    "Nowhere/At_all",
)  # fmt: skip
# Ordinary days, clock changes in Lisbon, Troll and Chatham, the turn of a year, a leap day, a day that Apia left out.
MOMENTS = [
    datetime.fromisoformat(f"{text}Z")
    for text in ("2026-11-24T09:00", "2026-03-29T00:59", "2026-10-25T01:30", "2025-12-31T23:59", "2028-02-29T12:00", "2026-09-26T14:00", "2011-12-30T09:59")  # noqa: E501  a list
]  # fmt: skip
NOWS = st.sampled_from(MOMENTS)
COUNTS = st.integers(0, 3) | st.sampled_from([49, 50, 51, 1204])
STEPS = (0, 1, 60, 3600, 10 * 3600, 86_399, 86_400, 5 * 86_400, 6 * 86_400, 7 * 86_400, 8 * 86_400, 400 * 86_400)
OFFSETS = st.sampled_from(STEPS).flatmap(lambda seconds: st.sampled_from([seconds, -seconds]))
EDGES = st.sampled_from(["0001-01-01T00:00:00.000Z", "0999-06-01T10:00:00.000Z", "9999-12-31T23:59:59.999Z"])
INPUTS = st.sampled_from(
    ["", "2026-11-24T09:00", "2026-03-29T01:30", "2026-10-25T01:30", "2026-02-30T10:00", "2026-11-24", "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-24T09:00:30", "2026-11-24T24:00", "soon", "２０２６-11-24T09:00"]  # noqa: E501  a list
)  # fmt: skip
WORDS = st.sampled_from(
    ["1", "2", "0", "01", "9999", "12345", "-1", "١", "²", "true", "title", "created", "all", "done", "upcoming", "overdue", "today", "in_progress", "constructor", "__proto__", "/planner?view=all", "/planner", "/plannerx", "/notebook", "//x"]  # noqa: E501  a list
)  # fmt: skip
_RECORD, _NUMBER = st.sampled_from([*IDS, "x"]), st.sampled_from(["1", "2", "3", "0", "9999", "12345", "-1", "١", "²"])
_VIEWS = st.sampled_from(["today", "upcoming", "overdue", "all", "done", "constructor"])
# What parameters of these names hold; all others hold anything.
ASKED: dict[str, Strategy] = {
    **dict.fromkeys(("deleted", "completed", "projectId"), _RECORD),
    **dict.fromkeys(("page", "finished", "steps", "restored", "discarded"), _NUMBER),
    "view": _VIEWS,
    "archived": st.sampled_from(["true", "false"]),
    "was": st.just("in_progress"),
    "sort": st.sampled_from(["title", "created", "toString"]),
}


def wire(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def instants(now: datetime) -> Strategy:
    """Instants that lie from `now` where words for them change; seldom one at an end of the calendar."""
    near = OFFSETS.map(lambda seconds: wire(now + timedelta(seconds=seconds)))
    return st.integers(0, 30).flatmap(lambda number: near if number else EDGES)


@cache
def documents(collection: Collection, now: datetime) -> Strategy:
    """Records of `collection` that have passed its checks."""
    fields = {name: _values(field, now) for name, field in collection.fields.items() if not field.trait.computed}
    every = st.fixed_dictionaries({**fields, "_rev": st.integers(1, 9)})
    # Half of them as they were made: nobody has changed them since.
    return st.builds(
        lambda record, fresh: {**record, "updatedAt": record["createdAt"]} if fresh else record, every, st.booleans()
    ).map(_in_order)


def _in_order(document: Document) -> Document:
    """Nothing ends before it begins."""
    if "startAt" in document:
        document["startAt"], document["endAt"] = sorted((document["startAt"], document["endAt"]))
    return document


def stubbed(collection: Collection, document: Document) -> Document:
    """The record as a device has it whose long texts have stayed on the server."""
    kept = {name: keep(document[name]) for name in collection.texts}
    return {**document, **dict.fromkeys(kept, ""), "_stub": kept}


def queries(module: Module, names: tuple[str, ...], now: datetime, *, path: str = "", refused: bool = True) -> Strategy:
    """Queries at `now`; `names` are the parameters that are understood; `refused` ones hold what was typed before."""
    instant = wire(now)
    here = {"id": st.sampled_from(IDS)} if "{id}" in path else {}
    asked = {
        name: st.just("") | ASKED.get(name, WORDS) | ASKED.get(name, st.sampled_from(IDS) | TEXT) for name in names
    }
    named = st.sampled_from(form_names(module))
    typed = st.just({}) | st.dictionaries(named, TEXT | INPUTS | st.sampled_from(IDS), max_size=4)

    def made(zone: str, params: dict[str, str], form: dict[str, str], errors: dict[str, str], **more: Any) -> Query:
        return Query(
            params={name: value for name, value in params.items() if value},
            now=instant,
            zone=zone,
            new_id=IDS[5],
            day=local_day(instant, zone),
            bounds=bounds(instant, zone),
            space=IDS[0],
            form=form,
            errors=errors,
            **more,
        )

    return st.builds(
        made,
        zone=st.sampled_from(ZONES),
        params=st.fixed_dictionaries({**here, **asked}),
        form=typed if refused else st.just({}),
        errors=typed if refused else st.just({}),
        user=TITLES,
        settings=documents(REGISTRY.collections["settings"], now).map(_with_modules),
        device=devices(now) if module.name in {"storage", "notebook"} else st.just(NO_COPY),
    )


def asked_and_found(  # noqa: PLR0913  what a page and an action declare
    module: Module,
    reads: Mapping[str, Read],
    names: tuple[str, ...] = (),
    *,
    needs: str = "",
    path: str = "",
    refused: bool = False,
    wants: tuple[Want, ...] = (),
) -> Strategy:
    """A query, and what `reads` might give then: each some of the same few records, as its index would have them."""

    @cache
    def at(now: datetime) -> Strategy:
        collections = {read.collection for read in reads.values()} - {""}
        records = {
            name: st.lists(documents(REGISTRY.collections[name], now), max_size=5) for name in sorted(collections)
        }
        picks = {
            name: _picks(read, now, needed=name == needs)
            if read.collection or read.count
            else counts()
            if read.group
            else trash(now)
            for name, read in reads.items()
        }
        picks |= {name: tiles() if name == "tiles" else offers(name) for name in wants}
        drawn = st.tuples(st.fixed_dictionaries(records), st.fixed_dictionaries(picks))
        return st.tuples(queries(module, names, now, path=path, refused=refused), drawn.map(fill))

    def fill(drawn: tuple[dict[str, list[Document]], dict[str, Any]]) -> dict[str, Any]:
        records, picks = drawn
        return {
            name: _found(reads[name], records[reads[name].collection], pick) if isinstance(pick, _Pick) else pick
            for name, pick in picks.items()
        }

    return NOWS.flatmap(at)


def forms(module: Module, given: Mapping[str, Any]) -> Strategy:
    """Forms of a module. Some hold texts as they are stored in the documents `given`, and their hashes."""
    stored = [each for each in given.values() if isinstance(each, dict)]
    texts = [(name, each[name]) for each in stored for name in each if isinstance(each[name], str)]
    values = st.one_of(TEXT, LONG, INPUTS, WORDS, st.sampled_from(IDS), st.just("x\0\r\ny"))
    every = {name: st.lists(values, max_size=2) for name in form_names(module)}
    for name, text in texts:
        every[name] = every.get(name, st.just([])) | st.just([text])
        every[f"bases.{name}"] = st.just([text_hash(text)]) | st.just(["?"])
    if module.name == "trash":
        deleted = [f"{each['_collection']}/{each['id']}" for each in given["trash"]]
        every |= {"record": st.lists(st.sampled_from([*deleted, "x"]), max_size=3)}
        every |= {"only": st.lists(st.sampled_from([*deleted, ""]), max_size=1)}
    if "enabledModules" in every:
        names = st.lists(st.sampled_from(list(REGISTRY.modules)), unique=True)
        zone = st.sampled_from([*ZONES, " Asia/Tokyo ", "asia/tokyo", "localtime", "../UTC"]).map(lambda each: [each])
        every |= {"enabledModules": names, "offered": names, "timezone": zone | st.just([])}
    return st.fixed_dictionaries({}, optional=every)


def form_names(module: Module) -> list[str]:
    """The fields of a module's records, and the ones that its forms add."""
    fields = [name for each in module.collections for name in each.fields]
    texts = [f"bases.{name}" for each in module.collections for name in each.texts]
    return list(
        dict.fromkeys(
            [
                *fields,
                *texts,
                "next",
                "due",
                "offered",
                "text",
                "in",
                "back",
                "made",
                "switches",
                "quick",
                "retention.notes",
                "retention.tasks",
                "to",
                "other",
                "act",
                "of",
                "tasks",
                "task",
                "day",
                "date",
                "toString",
                "__proto__",
            ]
        )
    )


def trash(now: datetime) -> Strategy:
    """Records of all modules, settings and ones of an unknown collection among them, as if deleted."""
    every = st.sampled_from(list(REGISTRY.collections)).flatmap(
        lambda name: st.tuples(st.just(name), documents(REGISTRY.collections[name], now))
    )
    deleted = st.builds(
        lambda drawn, days, seconds, known: {
            **drawn[1],
            "_deleted": wire(now - timedelta(days=days, seconds=seconds)),
            "_collection": drawn[0] if known else "gone",
        },
        every,
        st.sampled_from([0, 1, 28, 29, 30]),
        st.sampled_from([0, 1, 86_399]),
        st.integers(0, 7).map(bool),
    )
    return st.lists(deleted, max_size=4)


def counts() -> Strategy:
    """How many records of each collection were found."""
    names = st.lists(st.sampled_from(sorted(REGISTRY.collections)), unique=True).map(sorted)
    return names.flatmap(
        lambda found: st.tuples(*(st.tuples(st.just(each), st.integers(1, 99)) for each in found))
    ).map(lambda pairs: [list(each) for each in pairs])


def offers(name: Want) -> Strategy:
    """What modules offer, with all of them switched on, some, or none."""
    chosen = st.sampled_from([[], ["notebook"], ["planner"], ["gone"]])
    return chosen.map(
        lambda enabled: offered(name, REGISTRY, msgspec.structs.replace(NOBODY, settings={"enabledModules": enabled}))
    )


NOBODY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


def tiles() -> Strategy:
    """What Home's engine adds: the readings of all modules."""
    reading = st.fixed_dictionaries({"name": TEXT, "value": TEXT, "label": TEXT, "tone": st.sampled_from(["", "warn"])})
    return st.lists(reading, max_size=3)


@cache
def devices(now: datetime) -> Strategy:
    """What a worker tells about the copy that it keeps."""
    count = st.integers(0, 3) | st.sampled_from([499, 500, 999_499, 999_999, 1_004_999, 1_005_000, 9_999_999_999])
    row = st.fixed_dictionaries(
        {"collection": TITLES, "records": count, "bytes": count, "stubs": count, "waiting": count, "unsent": count}
    )
    large = st.fixed_dictionaries(
        {
            "collection": st.sampled_from(["notes", "tasks"]),
            "id": st.sampled_from(IDS),
            "title": TEXT,
            "bytes": count,
            "kept": st.booleans(),
        }
    )
    change = st.fixed_dictionaries(
        {"title": TEXT, "op": st.sampled_from(["create", "update", "delete", "restore"]), "at": instants(now)}
    )
    refused = st.fixed_dictionaries(
        {
            "mid": st.integers(-3, 9),
            "op": st.sampled_from(["create", "update", "delete", "restore"]),
            "title": TEXT,
            "detail": TEXT,
            "at": instants(now),
            "text": TEXT,
        }
    )
    known = st.fixed_dictionaries(
        {
            **{name: st.just(value) for name, value in NO_COPY.items()},
            "copy": st.booleans(),
            "ledger": st.lists(row, max_size=3),
            "outbox": st.lists(change, max_size=2),
            "refused": st.lists(refused, max_size=2),
            "limit": st.sampled_from([10_000_000, 6_000_000, 1, 0]),
            "files": count,
            "free": count,
            "largest": st.lists(large, max_size=2),
            "pins": st.lists(TITLES | st.sampled_from(IDS), max_size=2),
            "protection": st.sampled_from(["", "yes", "no"]),
            "installed": st.booleans(),
            "restored": st.just("") | instants(now),
            "lastSync": st.just("") | instants(now),
            "paused": st.sampled_from(["", "expired"]),
            "discarded": st.sampled_from(["", "2"]),
            "waiting": COUNTS,
            "attention": COUNTS,
        }
    )
    return st.just(dict(NO_COPY)) | known


def _with_modules(document: Document) -> Document:
    """Settings as the form makes them: modules that exist, or the empty choice."""
    names = list(REGISTRY.modules)
    return {**document, "enabledModules": names[: len(document["enabledModules"]) * 2]}


class _Pick(NamedTuple):
    """Which records a read gives: places among those that there are."""

    places: list[int]
    stubs: int
    """A bit for each that is a stub."""
    full: bool
    """As many as a page holds, so that another follows."""
    value: Any
    """Of the field of the index, where a record has none."""
    spare: Document | None
    """What is found where something must be."""


def _picks(read: Read, now: datetime, *, needed: bool) -> Strategy:
    """A number or pairs; for records a `_Pick`."""
    if read.count:
        return COUNTS
    collection = REGISTRY.collections[read.collection]
    if read.group:
        key = _present(collection.fields[collection.indexes[read.index].field], now)
        more = st.integers(0, 7).map(lambda number: {} if number else {f"t{each}": each % 3 for each in range(25)})
        counts = st.tuples(more, st.lists(st.tuples(key, st.integers(1, 4)), max_size=4))
        return counts.map(lambda drawn: [list(pair) for pair in sorted({**drawn[0], **dict(drawn[1])}.items())])
    index = collection.indexes.get(read.index)
    value = st.none()
    if index is not None and (index.when or index.sparse):
        value = _present(collection.fields[index.field], now)
    places = st.lists(st.integers(0, 4), max_size=4 if read.id is None else 1)
    spare = documents(collection, now) if needed else st.none()
    full = st.integers(0, 7).map(lambda number: number == 0)
    return st.builds(_Pick, places, st.integers(0, 15), full, value, spare)


def _found(read: Read, records: list[Document], pick: _Pick) -> Any:
    collection = REGISTRY.collections[read.collection]
    index = collection.indexes.get(read.index)
    listed: dict[str, Document] = {}
    for number, place in enumerate(pick.places if records else ()):
        document = dict(records[place % len(records)])
        if index is not None and index.when is not None and document[index.when[0]] not in index.when[1]:
            document[index.when[0]] = index.when[1][0]
        if index is not None and index.sparse and document[index.field] is None:
            document[index.field] = pick.value
        is_stub = bool(collection.texts) and bool(pick.stubs >> number & 1)
        listed[document["id"]] = stubbed(collection, document) if is_stub else document
    some = list(listed.values())
    if read.id is not None:
        return some[0] if some else pick.spare
    if not (some and pick.full):
        return some[: read.limit]
    return [{**some[place % len(some)], "id": f"{IDS[0][:-4]}{place:04x}"} for place in range(min(read.limit, 60))]


def _values(field: Field, now: datetime) -> Strategy:
    if field.name in {"createdAt", "updatedAt"}:
        return instants(now)
    if field.trait.merge == "text":
        return LONG
    if field.name == "timezone" and field.default() == "UTC":
        return st.sampled_from(ZONES[:-1])
    if field.name in NAMED:
        return NAMED[field.name]
    return _typed(msgspec.inspect.type_info(field.type), {}, now)


DAYS = ["2026-11-24", "2026-11-25", "2026-12-31", "2026-03-29", "2028-02-29"]
RULES = [
    "FREQ=DAILY", "FREQ=YEARLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "FREQ=DAILY;COUNT=1",
]  # fmt: skip
"""Recurrences that can be followed, simple ones and others."""
NAMED: dict[str, Strategy] = {
    "id": st.sampled_from(IDS),
    "rrule": st.none() | st.sampled_from(RULES),
    "exceptions": st.lists(st.sampled_from(DAYS), max_size=3, unique=True),
    "meetingLink": st.none() | st.just("https://meet.google.com/abc-defg-hij"),
}
"""What fields of these names hold, where their types do not say it."""


def _present(field: Field, now: datetime) -> Strategy:
    """A key of an index on `field`: its value, which is there, or a member of its array."""
    kind = _bare(msgspec.inspect.type_info(field.type))
    if isinstance(kind, msgspec.inspect.ListType):
        return _typed(kind.item_type, {}, now)
    if isinstance(kind, msgspec.inspect.UnionType):
        there = [each for each in kind.types if not isinstance(each, msgspec.inspect.NoneType)]
        return st.one_of(*(_typed(each, {}, now) for each in there))
    return _values(field, now)


def _bare(kind: msgspec.inspect.Type) -> msgspec.inspect.Type:
    return _bare(kind.type) if isinstance(kind, msgspec.inspect.Metadata) else kind


def _typed(kind: msgspec.inspect.Type, extra: Mapping[str, Any], now: datetime) -> Strategy:  # noqa: PLR0911  one a type
    match kind:
        case msgspec.inspect.Metadata():
            return _typed(kind.type, {**extra, **(kind.extra_json_schema or {})}, now)
        case msgspec.inspect.UnionType():
            return st.one_of(*(_typed(each, extra, now) for each in kind.types))
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.IntType():
            return st.integers(kind.ge or 0, kind.le or 9)
        case msgspec.inspect.LiteralType():
            return st.sampled_from(kind.values)
        case msgspec.inspect.ListType():
            return st.lists(_typed(kind.item_type, {}, now), max_size=3)
        case msgspec.inspect.DictType():
            return st.just({})
    if extra.get("format") == "uuid":
        return st.sampled_from(IDS)
    return instants(now) if extra.get("format") == "date-time" else TITLES
