"""Made-up accounts and what people ask of them: documents, addresses and form posts, hostile ones among them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from aios.records.ids import implied_id
from tests.parity.documents import RULES

if TYPE_CHECKING:
    from aios.modules import Registry

NOW_MS = 1_795_510_800_000
"""2026-11-24T09:00:00Z, give or take: the present of all made-up accounts."""
DAY_MS = 86_400_000
ZONES = ("UTC", "Europe/Lisbon", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Marquesas")
WORDS = (
    "beam",
    "Straße",
    "café",
    "ﬁre",
    "ΟΔΟΣ",
    "İstanbul",
    "наука",
    "東京",
    "שלום",
    "مرحبا",
    "हिन्दी",
    "👩‍🔬",
    "a\u0301",
    "ﬀ",
    "Ⅷ",
)
MARKUP = (
    "# Heading",
    "- [ ] open",
    "- [x] done",
    "1. one",
    "> quoted",
    "```\n#code [[no]]\n```",
    "`#code`",
    "#tag",
    "#foz",
    "[[beam]]",
    "[[Straße]]",
    "[[ café ]]",
    "[a](https://example.org/?q=1&r=2)",
    "![i](/x.png)",
    "![i](http://x/y)",
    "**bold**",
    "| a | b |\n|:-|-:|\n| 1 | 2 |",
    "~~gone~~",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "&amp; &copy; &#x41;",
    "\\* not",
    "a_b_c",
    "***",
    "http://auto.example",
    "\ufeffx",
    "\u2028",
    "\x00",
    "\r\n",
    "[[",
    "]]",
    "(#in)",
)
HOSTILE = (
    "<b>&\"'</b>",
    "{{ title }}",
    "{% if %}",
    "__proto__",
    "constructor",
    "\u202egnp",
    "\u200b",
    "'; DROP TABLE record",
    "%00%2f",
    "+&=",
)

DATES = (
    "",
    "2026-11-24T09:00",
    "2026-03-29T01:30",
    "2026-10-25T01:30",
    "nonsense",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
)
"""Values of a datetime-local input, changes of clock among them."""

CALENDAR_DATES = ("", "2026-11-24", "2026-11-25", "2026-12-03", "2026-03-29", "nonsense", "9999-12-31", "0001-01-01")
"""Days of a calendar, the ends of all of them among them."""

characters = st.characters(exclude_categories=["Cn", "Cs", "Co"])
"""Assigned in Unicode 14, which Python 3.11 carries."""
texts = st.one_of(st.text(characters, max_size=12), st.sampled_from(WORDS + HOSTILE))
lines = st.lists(st.one_of(texts, st.sampled_from(MARKUP)), min_size=1, max_size=4).map(" ".join)


def bodies(longest: int = 12) -> st.SearchStrategy[str]:
    """Texts in Markdown, some empty and some long."""
    return st.one_of(
        st.just(""),
        st.lists(st.one_of(lines, st.sampled_from(MARKUP), st.just("")), max_size=longest).map("\n".join),
        st.builds(lambda part, times: (part + " ") * times, lines, st.integers(20, 90)).map(lambda text: text[:4_000]),
    )


titles = lines.map(lambda text: text.strip()[:200]).filter(lambda text: bool(text) and "\n" not in text)
tags = st.lists(texts.map(lambda text: text.strip()[:50]).filter(bool), max_size=3, unique=True)
instants = st.one_of(
    st.integers(-3 * DAY_MS, 3 * DAY_MS),
    st.integers(-900 * DAY_MS, 900 * DAY_MS),
).map(lambda offset: NOW_MS + offset)
ids = st.uuids(version=4).map(str)


class Item(NamedTuple):
    """A record to write: when, and deleted afterwards or not."""

    collection: str
    id: str
    fields: dict[str, Any]
    ms: int
    deleted: bool
    apart: tuple[str, ...] = ()
    """Texts that as many devices made of its long text, without having seen each other's."""


class Account(NamedTuple):
    """A person's records, and how their device looks at them."""

    items: list[Item]
    zone: str
    device: dict[str, Any]
    budget: int | None
    """Bytes of bodies that the device has room for, beyond which it keeps stubs; None is room for everything."""


@st.composite
def accounts(draw: st.DrawFn, space: str = "{space}") -> Account:
    """An account: empty, small, or with more than one page of notes or tasks."""
    scale = draw(st.sampled_from([0, 4, 9, 60]))
    items: list[Item] = []
    items += draw(st.lists(_notes(), max_size=min(scale, 9)))
    if scale == 60:  # more than a page
        template = draw(_notes())
        items += [
            template._replace(id=draw(ids), ms=template.ms + number * 1_000)
            for number in range(draw(st.integers(48, 58)))
        ]
    projects = draw(st.lists(_projects(), max_size=3))
    items += projects
    tasks = draw(st.lists(_tasks(), max_size=min(scale * 2, 14)))
    if scale == 60:  # more than a page
        late = draw(st.booleans())
        base = NOW_MS - 2 * DAY_MS if late else NOW_MS
        tasks += [
            Item(
                "tasks",
                draw(ids),
                {"title": f"Task {number}", "dueDate": _wire(base + number * 60_000)},
                base + number,
                deleted=False,
            )
            for number in range(draw(st.integers(45, 55)))
        ]
    items += draw(_related(tasks, projects))
    items += draw(st.lists(_events(), max_size=min(scale, 9)))
    if draw(st.integers(0, 3)) == 0:
        chosen = {
            "weekStart": draw(st.sampled_from(["saturday", "sunday"])),
            "hours": draw(st.sampled_from(["12", "24"])),
        }
        items.append(Item("calendarSettings", space, chosen, draw(instants), deleted=False))
    if draw(st.booleans()):
        items.append(draw(_settings(space)))
    return Account(items, draw(st.sampled_from(ZONES)), draw(devices()), draw(st.sampled_from([None, None, 0, 4_000])))


@st.composite
def devices(draw: st.DrawFn) -> dict[str, Any]:
    """What a worker may say about its copy."""
    state = draw(st.sampled_from(["server", "synced", "waiting", "offline", "attention", "syncing", "restoring"]))
    rows = st.fixed_dictionaries(
        {
            "collection": st.sampled_from(["notes", "tasks", "projects", "events", "settings"]),
            "records": st.integers(0, 20_000),
            "bytes": st.integers(0, 12_000_000),
            "stubs": st.integers(0, 500),
            "waiting": st.integers(0, 9),
            "unsent": st.integers(0, 90_000),
        }
    )
    large = st.fixed_dictionaries(
        {
            "collection": st.sampled_from(["notes", "tasks"]),
            "id": st.just("019ab2c4-0000-7000-8000-000000000001"),
            "title": texts,
            "bytes": st.integers(0, 60_000),
            "kept": st.booleans(),
        }
    )
    change = st.fixed_dictionaries(
        {"op": st.sampled_from(["create", "update", "delete", "restore"]), "title": texts, "at": instants.map(_wire)}
    )
    refused = st.fixed_dictionaries(
        {
            "mid": st.integers(-3, 9),
            "op": st.sampled_from(["create", "update", "delete", "restore"]),
            "title": texts,
            "detail": texts,
            "at": instants.map(_wire),
            "text": texts,
        }
    )
    return {
        "state": state,
        "label": draw(texts),
        "waiting": draw(st.integers(0, 3)),
        "attention": draw(st.integers(0, 3)),
        "href": "/storage",
        "copy": state != "server",
        "ledger": draw(st.lists(rows, max_size=4)),
        "limit": draw(st.sampled_from([6_000_000, 7_000_000, 10_000_000])),
        "warn": 6_000_000,
        "full": 8_000_000,
        "files": draw(st.integers(0, 2_000_000)),
        "free": draw(st.sampled_from([0, 4_000_000])),
        "largest": draw(st.lists(large, max_size=2)),
        "pins": draw(st.sampled_from([[], ["notes"], ["projects", "tasks"]])),
        "protection": draw(st.sampled_from(["", "yes", "no"])),
        "installed": draw(st.booleans()),
        "restored": draw(st.one_of(st.just(""), instants.map(_wire))),
        "outbox": draw(st.lists(change, max_size=3)),
        "refused": draw(st.lists(refused, max_size=2)),
        "paused": draw(st.sampled_from(["", "expired", "update"])),
        "discarded": draw(st.sampled_from(["", "2"])),
        "lastSync": draw(st.one_of(st.just(""), instants.map(_wire))),
    }


@st.composite
def _notes(draw: st.DrawFn) -> Item:
    fields: dict[str, Any] = {"title": draw(titles), "bodyMarkdown": draw(bodies()), "tags": draw(tags)}
    if draw(st.integers(0, 3)) == 0:
        fields["isPinned"] = True
    if draw(st.integers(0, 4)) == 0:
        fields["isArchived"] = True
    if draw(st.integers(0, 5)) == 0:
        fields["title"] = draw(st.sampled_from(WORDS))
    return Item("notes", draw(ids), fields, draw(instants), deleted=draw(st.integers(0, 7)) == 0)


@st.composite
def _projects(draw: st.DrawFn) -> Item:
    fields = {"name": draw(titles), "description": draw(bodies(2))}
    return Item("projects", draw(ids), fields, draw(instants), deleted=draw(st.integers(0, 5)) == 0)


@st.composite
def _tasks(draw: st.DrawFn) -> Item:
    fields: dict[str, Any] = {
        "title": draw(titles),
        "userNotes": draw(bodies(2)),
        "priority": draw(st.sampled_from(["low", "medium", "high", "urgent"])),
        "status": draw(st.sampled_from(["pending", "pending", "in_progress", "completed", "cancelled"])),
        "recurrenceRule": draw(st.sampled_from(["none", "none", "daily", "weekly", "monthly", "custom"])),
        "rrule": draw(st.sampled_from([None, *RULES])),
        "reminderMinutes": draw(st.sampled_from([None, 0, 30, 7])),
        "dueDate": draw(st.one_of(st.none(), instants.map(_wire))),
        "aiNotes": draw(st.lists(texts, max_size=2)),
    }
    return Item("tasks", draw(ids), fields, draw(instants), deleted=draw(st.integers(0, 7)) == 0)


@st.composite
def _events(draw: st.DrawFn) -> Item:
    begin = draw(instants)
    zone = draw(st.sampled_from(ZONES))
    minutes = st.sampled_from([0, 15, 60, 600, 2_000])
    dates = st.integers(-9, 40).map(lambda days: _wire(begin + days * DAY_MS)[:10])
    own = st.fixed_dictionaries({}, optional={"title": titles, "startAt": instants.map(_wire), "location": texts})
    fields: dict[str, Any] = {
        "title": draw(titles),
        "description": draw(bodies(2)),
        "location": draw(st.sampled_from(["", "Hall"]) | texts),
        "meetingLink": draw(st.sampled_from([None, "https://zoom.us/j/1"])),
        "startAt": _wire(begin),
        "endAt": _wire(begin + draw(minutes) * 60_000),
        "allDay": draw(st.integers(0, 3)) == 0,
        "timezone": zone,
        "recurrenceRule": draw(st.sampled_from(["none", "none", "daily", "weekly", "monthly", "custom"])),
        "rrule": draw(st.sampled_from([None, *RULES])),
        "exceptions": draw(st.lists(dates, max_size=2, unique=True)),
        "overrides": draw(st.dictionaries(dates, own, max_size=2)),
        "reminderMinutes": draw(st.lists(st.sampled_from([0, 7, 60]), max_size=2)),
        "source": draw(st.sampled_from(["LOCAL", "LOCAL", "ICS"])),
    }
    return Item("events", draw(ids), fields, draw(instants), deleted=draw(st.integers(0, 7)) == 0)


@st.composite
def _related(draw: st.DrawFn, tasks: list[Item], projects: list[Item]) -> list[Item]:
    """Steps below earlier tasks, tasks of projects, dependencies on earlier tasks."""
    related: list[Item] = []
    for number, task in enumerate(tasks):
        fields = dict(task.fields)
        if projects and draw(st.booleans()):
            fields["projectId"] = draw(st.sampled_from(projects)).id
        if number and draw(st.booleans()):
            fields["parentTaskId"] = tasks[draw(st.integers(0, number - 1))].id
        elif draw(st.integers(0, 9)) == 0:
            fields["parentTaskId"] = draw(ids)
        if number and draw(st.integers(0, 3)) == 0:
            fields["dependencyIds"] = [tasks[draw(st.integers(0, number - 1))].id]
        related.append(task._replace(fields=fields))
    return related


@st.composite
def _settings(draw: st.DrawFn, space: str) -> Item:
    fields = {
        "darkMode": draw(st.booleans()),
        "colorTheme": draw(st.sampled_from(["cyan", "purple", "green", "orange", "pink", "blue"])),
        "moduleViewMode": draw(st.sampled_from(["grid", "list"])),
        "enabledModules": draw(st.sampled_from([[], ["notebook"], ["planner"], ["notebook", "planner"], ["gone"]])),
        "timezone": draw(st.sampled_from(["", *ZONES])),
        "singleKeyShortcuts": draw(st.booleans()),
        "retention": draw(st.sampled_from([{}, {"notes": 90}, {"tasks": 45, "notes": 0, "gone": 7}])),
    }
    return Item("settings", space, fields, draw(instants), deleted=False)


class Ask(NamedTuple):
    """A request: a page, or with `form` a form post."""

    path: str
    search: list[tuple[str, str]]
    partial: bool
    form: dict[str, list[str]] | None


def every_page(draw: st.DrawFn, registry: Registry, account: Account) -> list[Ask]:
    """Each page once, with parameters."""
    found: list[Ask] = []
    for module in registry.modules.values():
        for page in module.pages:
            names = (*page.params, "made")
            given = [(name, draw(_parameter(name, account))) for name in names if draw(st.integers(0, 2)) == 0]
            given += [
                (name, draw(_parameter(name, account))) for name in page.lists for _ in range(draw(st.integers(0, 2)))
            ]
            partial = bool(page.fragment) and draw(st.integers(0, 3)) == 0
            found.append(Ask(_filled(draw, page.path, account), given, partial, None))
    return found


def every_action(draw: st.DrawFn, registry: Registry, account: Account) -> list[Ask]:
    """Each form post once, in any order."""
    chosen = draw(st.permutations([each for module in registry.modules.values() for each in module.actions]))
    found: list[Ask] = []
    for action in chosen:
        form = draw(_form(account))
        form["_method"] = [action.method]
        found.append(Ask(_filled(draw, action.path, account), [], partial=False, form=form))
    return found


def _filled(draw: st.DrawFn, path: str, account: Account) -> str:
    if "{id}" not in path:
        return path
    collections = {"/planner/projects/": "projects", "/notebook": "notes", "/calendar": "events"}
    collection = next((name for root, name in collections.items() if path.startswith(root)), "tasks")
    return path.replace("{id}", draw(_some_id(account, collection)))


def _some_id(account: Account, collection: str) -> st.SearchStrategy[str]:
    """Mostly of a living record of this collection; sometimes of another, or of none."""
    living = [item.id for item in account.items if item.collection == collection and not item.deleted]
    others = [item.id for item in account.items if item.collection not in {"settings", "calendarSettings"}]
    choices: list[st.SearchStrategy[str]] = [st.sampled_from(living)] * 6 if living else []
    if others:
        choices.append(st.sampled_from(others))
    return st.one_of([*choices, ids, st.sampled_from(["x", "%2e", "a+b", "%F0%9F%98%80"])])


def _some_path(account: Account) -> st.SearchStrategy[str]:
    """The address of a record, or of none."""
    return st.sampled_from(["/notebook", "/planner/projects", "/planner", "/x", "", "//"]).flatmap(
        lambda root: _some_id(account, "tasks").map(lambda each: f"{root}/{each}")
    )


def _way(account: Account) -> st.SearchStrategy[str]:
    """What undoes a change of several tasks."""
    was = st.sampled_from(["", "p", "i", "1795510800000", "x"])
    pair = st.tuples(_some_id(account, "tasks"), was).map("~".join)
    return st.lists(pair, max_size=3).map("_".join)


def _parameter(name: str, account: Account) -> st.SearchStrategy[str]:
    words = [word for item in account.items for word in str(item.fields.get("title", "")).split(" ")[:2] if word]
    known = {
        "in": st.sampled_from(["notebook", "planner", "settings", "none"]),
        "made": _some_id(account, "notes").map(lambda each: f"/notebook/{each}") | _some_path(account),
        "date": st.sampled_from(CALENDAR_DATES),
        "on": st.sampled_from(CALENDAR_DATES),
        "time": st.sampled_from(["10:00", "23:30", "x"]),
        "copy": _some_id(account, "events"),
        "place": st.sampled_from(["Hall", "hall"]) | texts,
        "days": st.sampled_from(["2026-11-25,x", ""]),
        "text": lines | st.just(""),
        "url": st.sampled_from(["https://example.org/?a=1&b=2", ""]),
        "page": st.sampled_from(["1", "2", "3", "0", "x", "٣", "99999", "-1", "02"]),
        "finished": st.sampled_from(["1", "2", "x"]),
        "sort": st.sampled_from(["title", "created", "length", "edited", ""]),
        "archived": st.sampled_from(["true", "false", "1"]),
        "view": st.sampled_from(["today", "upcoming", "overdue", "someday", "all", "done", "none"]),
        "discarded": st.sampled_from(["2", "x"]),
        "quick": st.sampled_from(["milk tomorrow 5pm !high every 2 weeks", "x #foz"]) | lines,
        "was": st.sampled_from(["in_progress", "pending", "x", "weekly", "FREQ=DAILY"]),
        "project": _some_id(account, "projects"),
        "undo": st.sampled_from(["complete", "move", "reschedule", "delete", "x"]),
        "tasks": _way(account),
        "saved": st.just("1"),
        "steps": st.sampled_from(["1", "3", "x"]),
        "deleted": _some_id(account, "notes") | _some_id(account, "tasks"),
        "completed": _some_id(account, "tasks"),
        "projectId": _some_id(account, "projects"),
        "tag": st.sampled_from(["foz", "tag", *WORDS]) | texts,
        "any": st.sampled_from(["foz", "tag", *WORDS]) | texts,
        "select": st.sampled_from(["some", "all", "1"]),
        "did": st.sampled_from(["pinned", "tagged", "restored", "x"]),
        "which": _some_id(account, "notes"),
        "named": st.sampled_from(WORDS),
        "template": _some_id(account, "notes"),
        "kind": st.sampled_from(["tag", "title", "x"]),
        "prefix": st.sampled_from(WORDS).map(lambda word: word[:1]) | texts,
        "q": st.sampled_from(words or ["beam"]) | texts | lines,
        "title": st.sampled_from(WORDS) | titles,
    }
    return known.get(name, texts)


@st.composite
def _form(draw: st.DrawFn, account: Account) -> dict[str, list[str]]:
    """Fields of any form of the product, right and wrong."""
    notes = [item.fields["bodyMarkdown"] for item in account.items if item.collection == "notes"]
    known: dict[str, st.SearchStrategy[str]] = {
        "id": ids | st.sampled_from(["", "x"]) | _some_id(account, "notes"),
        "title": titles | texts | st.just("x" * 201),
        "name": titles | texts,
        "description": bodies(2),
        "bodyMarkdown": bodies(3),
        "text": bodies(2) | lines,
        "in": st.sampled_from(["notebook", "planner", "none"]),
        "back": st.sampled_from(
            ["/", "/notebook?q=a&made=/x#y", "/planner?view=all", "//evil.example", "x", "/\\x", "/é"]
        ),
        "made": _some_path(account),
        "switches": st.just("1"),
        "singleKeyShortcuts": st.sampled_from(["true", "false"]),
        "appBadge": st.just("true"),
        "bases.bodyMarkdown": st.sampled_from([_hash(each) for each in [*notes, ""]]),
        "bases.userNotes": st.just(_hash("")),
        "bases.description": st.just(_hash("")),
        "baseRev": st.sampled_from(["", "", "", "5", "999", "1099511627779", "x"]),
        "shown.title": st.sampled_from(["", "Beam"]),
        "shown.tags": st.sampled_from(["", "work, #foz", "b"]),
        "userNotes": bodies(2),
        "tag": st.sampled_from(["work, #foz", "", "x" * 101]) | lines,
        "note": _some_id(account, "notes"),
        "isPinned": st.sampled_from(["true", "false"]),
        "isArchived": st.sampled_from(["true", "false", "x"]),
        "tagged": st.sampled_from(["true", "false"]),
        "deleted": st.sampled_from(["true", "false"]),
        "task": st.builds(lambda number, line: f"{number}:{line}", st.integers(0, 9), st.sampled_from(MARKUP)),
        "tags": st.sampled_from(["work, #foz", ",,", "a,a, b", "x" * 101]) | lines,
        "dueDate": st.sampled_from(DATES),
        "due": st.sampled_from(["today", ""]),
        "priority": st.sampled_from(["low", "urgent", "none"]),
        "status": st.sampled_from(["pending", "in_progress", "completed", "lost"]),
        "recurrenceRule": st.sampled_from(["none", "weekly", "often", "custom"]),
        "rrule": st.sampled_from(["", "FREQ=DAILY", "FREQ=HOURLY"]),
        "reminderMinutes": st.sampled_from(["", "30", "x", "99999"]),
        "projectId": st.just("") | _some_id(account, "projects"),
        "parentTaskId": st.just("") | _some_id(account, "tasks"),
        "next": st.sampled_from(["/planner?view=all", "/planner", "//evil.example", "/notebook", "/planner\r\nx"]),
        "darkMode": st.sampled_from(["true", "false", "dark"]),
        "colorTheme": st.sampled_from(["cyan", "pink", "red"]),
        "moduleViewMode": st.sampled_from(["grid", "list", "tree"]),
        "enabledModules": st.sampled_from(["notebook", "planner"]),
        "offered": st.sampled_from(["notebook", "planner"]),
        "timezone": st.sampled_from(["", "Europe/Lisbon", "europe/lisbon", "Mars/Olympus", " UTC "]),
    }
    known |= {
        "act": st.sampled_from(["complete", "move", "reschedule", "delete", "undo", "undo", "x"]),
        "of": st.sampled_from(["complete", "move", "reschedule", "delete", "x"]),
        "tasks": _way(account),
        "task": st.builds("~".join, st.tuples(_some_id(account, "tasks"), st.sampled_from(["pending", "completed"]))),
        "day": st.sampled_from(["today", "week", "none", "", "x"]),
        "date": st.sampled_from(["2026-12-24", "2026-02-30", ""]),
        "to": st.sampled_from(["~a~b", "pending~~", "completed~a~", "~b~a", "x", "", "~V~V0"]),
        "other": _some_id(account, "tasks"),
    }
    known |= {
        "date": st.sampled_from(["2026-12-24", "2026-02-30", "", *CALENDAR_DATES]),
        "endDate": st.sampled_from(CALENDAR_DATES),
        "on": st.sampled_from(CALENDAR_DATES),
        "shown.date": st.sampled_from(CALENDAR_DATES),
        "time": st.sampled_from(["09:00", "23:30", "x"]),
        "endTime": st.sampled_from(["10:00", "23:45", ""]),
        "allDay": st.just("true"),
        "location": st.sampled_from(["Hall", "zoom.us/j/1"]) | texts,
        "meetingLink": st.sampled_from(["", "https://meet.google.com/abc-defg-hij", "https://example.org"]),
        "scope": st.sampled_from(["one", "following", "all", "x"]),
        "anyway": st.just("1"),
        "repeat": st.sampled_from(["none", "daily", "weekly", "yearly", "custom", "x"]),
        "interval": st.sampled_from(["1", "2", "0"]),
        "until": st.sampled_from(CALENDAR_DATES),
        "newId": ids,
        "event": _some_id(account, "events"),
        "move": st.sampled_from(["15", "-60", "x"]),
        "stretch": st.sampled_from(["30", ""]),
        "was": st.sampled_from(["weekly", "FREQ=DAILY", "x"]),
        "days": st.sampled_from(["2026-11-25,x", ""]),
        "weekStart": st.sampled_from(["sunday", "x"]),
        "hours": st.sampled_from(["12", "24"]),
        **{name: st.just("true") for name in ("day-MO", "day-TH", "remind-10")},
    }
    deleted = [f"{item.collection}/{item.id}" for item in account.items if item.deleted]
    known |= {name: st.sampled_from([*deleted, "x", ""]) for name in ("record", "only")}
    chosen = {name: draw(values) for name, values in known.items() if draw(st.integers(0, 2)) > 0}
    form = {name: [value] for name, value in chosen.items()}
    if draw(st.integers(0, 3)) == 0:
        form["quick"] = [draw(st.sampled_from(["milk tomorrow 5pm !high", "x #foz every week", '"today"', ""]) | texts)]
    if "enabledModules" in form and draw(st.booleans()):
        form["enabledModules"] = form["offered"] = ["notebook", "planner"]
    return form


def settings_id(space: str) -> str:
    """The id of the one settings record of a space."""
    return implied_id(space, "settings", "settings")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _wire(ms: int) -> str:
    from aios.records.clock import to_wire  # noqa: PLC0415  a name that reads better here

    return to_wire(ms)
