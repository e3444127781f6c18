"""One account made by hand, and requests that reach every line of every view and every branch of every template."""

from __future__ import annotations

import hashlib

from aios.records.clock import to_wire
from aios.records.query import NO_COPY
from tests.parity.accounts import DAY_MS, NOW_MS, Account, Ask, Item
from tests.parity.furnished_calendar import calendars

HOUR_MS = 3_600_000


def _id(number: int) -> str:
    return f"019ab2c4-0000-7000-8000-{number:012d}"


def _note(number: int, title: str, body: str, *, age: int = 0, deleted: bool = False, **fields: object) -> Item:
    given = {"title": title, "bodyMarkdown": body, **fields}
    return Item("notes", _id(number), given, NOW_MS - age, deleted=deleted)


def _task(number: int, title: str, *, age: int = HOUR_MS, deleted: bool = False, **fields: object) -> Item:
    return Item("tasks", _id(number), {"title": title, **fields}, NOW_MS - age, deleted=deleted)


CODE = "```py\n#no [[no]]\n```\nplain\n~~~\nx\n~~~\n`` a ` b `` `open #x\n\\#no \\[[no]]\n   ```\ny\n```\n"
LONG = "word " * 60
NOTES = [
    _note(1, "Beam", "Plain."),
    _note(2, "Links far", f"{LONG}see [[Beam]] there\nand [[ beam ]]", tags=["set"]),
    _note(3, "Links near", "[[Beam]] first #foz #東京 #12 (#in)"),
    _note(4, "Links late", f"[[Other]] [[unclosed {LONG}\n{'x' * 60}[[Beam]]"),
    _note(5, "Code", CODE + "#real [[Real]] [[]] [[a[[b]] " + LONG),
    _note(6, "Pinned", "- [x] a\n- [ ] b\n\n| a | b |\n|:-|-:|\n| 1 | 2 |", isPinned=True),
    _note(7, "Archived", "old", isArchived=True, age=400 * DAY_MS),
    _note(8, "Deleted", "gone", deleted=True),
    _note(9, "First line", "First line\n" + "more words " * 60, age=3 * DAY_MS),
    _note(10, "Links by field", "nothing of it here", links=["Beam"]),
    _note(11, "Pictures", "![i](/x.png) ![j](http://x/y) [![k](http://x/z)](/a) **b** ~~c~~ <b> # h\n> q\n1. x"),
    _note(13, "Meeting {{date}}", "#template\n{{day}} {{time}} of {{title}}", tags=["template", "work"]),
    _note(
        14,
        "Outline",
        "# One *two*\n\nx\n\n## [[Beam]]\n- [ ] a\n- [X] b\n> 1. [x] c\n\n- &#91; ] d\n-\n  [ ] #e\n"
        "- [ ] ![](/p.png)\n- [ ] a\n- [ ] a",
    ),
    _note(19, "Meeting {{date}}", "#template", tags=["template"]),
    _note(15, "Two of a name", "[[Links near]] [[Many 1]] [[Twice]] north beam survey bearings", tags=["set", "foz"]),
    _note(16, "Twice", "north beam survey bearings [[Two of a name]] 東京 日本語"),
    _note(17, "Twice", "north beam survey bearings [[Two of a name]] 東京 日本語"),
    _note(
        18,
        "A title that is longer than any label may be",
        "[[Beam]] [[A title that is longer than any label may be]]"
        + "".join(f" [[Linked {number}]]" for number in range(9)),
        tags=["foz"],
    ),
    *[
        _note(60 + number, f"Linked {number}", f"[[Linked {number + 1}]] [[Linked {number * 7 % 25}]]")
        for number in range(25)
    ],
    _note(12, "Gap", "short" + "\n" * 300 + "end"),
    _note(990, "Of last year", "Not changed since.", age=400 * DAY_MS),
    *[_note(900 + number, f"Gone {number}", "x", age=number * HOUR_MS, deleted=True) for number in range(52)],
    *[_note(100 + number, f"Many {number}", "x", age=number * HOUR_MS, tags=[f"t{number}"]) for number in range(52)],
]
PROJECTS = [
    Item("projects", _id(201), {"name": "Foz", "description": "Roof."}, NOW_MS - DAY_MS, deleted=False),
    Item("projects", _id(202), {"name": "Empty", "description": ""}, NOW_MS - DAY_MS, deleted=False),
    Item("projects", _id(204), {"name": "Home", "description": ""}, NOW_MS - DAY_MS, deleted=False),
    Item("projects", _id(205), {"name": "Garden", "description": ""}, NOW_MS - DAY_MS, deleted=False),
    Item("projects", _id(203), {"name": "Gone", "description": "x"}, NOW_MS - DAY_MS, deleted=True),
]
TODAY, TOMORROW, YESTERDAY = to_wire(NOW_MS + HOUR_MS), to_wire(NOW_MS + DAY_MS), to_wire(NOW_MS - DAY_MS)
TASKS = [
    _task(301, "Today", dueDate=TODAY, projectId=_id(201), priority="high", recurrenceRule="weekly"),
    _task(302, "Step", parentTaskId=_id(301)),
    _task(303, "Step of step", parentTaskId=_id(302), userNotes="text"),
    _task(304, "Deep", parentTaskId=_id(303)),
    _task(305, "Deeper", parentTaskId=_id(304)),
    _task(306, "Started", dueDate=TOMORROW, status="in_progress", priority="urgent"),
    _task(307, "Cancelled", dueDate=TODAY, status="cancelled"),
    _task(308, "Own rule", recurrenceRule="custom", rrule="FREQ=DAILY", projectId=_id(203), aiNotes=["an idea"]),
    _task(309, "Deleted", deleted=True),
    _task(310, "All day", dueDate="2026-11-25T23:59:00.000Z"),
    _task(311, "Far", dueDate=to_wire(NOW_MS + 200 * DAY_MS)),
    _task(312, "Orphan", parentTaskId=_id(999)),
    _task(313, "Finished", status="completed", projectId=_id(201), dueDate=TODAY, age=DAY_MS * 2),
    _task(314, "Waits", dependencyIds=[_id(301)]),
    _task(315, "Deleted with step", deleted=True),
    _task(316, "Its step", parentTaskId=_id(315), deleted=True),
    _task(317, "x" * 90, dueDate=TODAY),
    _task(318, "Whole, tomorrow", dueDate=TOMORROW),
    _task(321, "Every other day", dueDate=YESTERDAY, recurrenceRule="custom", rrule="FREQ=DAILY;INTERVAL=2"),
    _task(322, "Mondays", recurrenceRule="custom", rrule="FREQ=WEEKLY;BYDAY=MO", status="in_progress"),
    _task(323, "Weekdays", dueDate=TODAY, recurrenceRule="custom", rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    _task(324, "Two days", dueDate=TODAY, recurrenceRule="custom", rrule="FREQ=WEEKLY;BYDAY=MO,TH", reminderMinutes=7),
    _task(325, "Last Friday", dueDate=TODAY, recurrenceRule="custom", rrule="FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"),
    _task(326, "Once", dueDate=TODAY, recurrenceRule="custom", rrule="FREQ=YEARLY;COUNT=1"),
    _task(398, "Long notes", dueDate=TODAY, recurrenceRule="daily", userNotes="Two cans, from the barrel. " * 40),
    _task(327, "Without a rule", dueDate=TODAY, recurrenceRule="custom"),
    _task(329, "Sow", projectId=_id(205)),
    _task(328, "Forgotten", age=40 * DAY_MS, projectId=_id(204)),
    _task(319, "Part of it, late", dueDate=YESTERDAY, parentTaskId=_id(318)),
    *[_task(400 + number, f"Late {number}", dueDate=to_wire(NOW_MS - DAY_MS - number)) for number in range(53)],
    *[_task(500 + number, f"Done {number}", status="completed", projectId=_id(201)) for number in range(52)],
    *[_task(600 + number, f"Open {number}", projectId=_id(201)) for number in range(52)],
    *[_task(700 + number, f"Part {number}", parentTaskId=_id(306)) for number in range(52)],
    *[_task(800 + number, f"Later {number}", dueDate=to_wire(NOW_MS + 2 * DAY_MS + number)) for number in range(52)],
]
QUICK = (
    "buy milk tomorrow 5pm !high #foz every week",
    "tomorrow",
    '"today" then',
    "a next friday, at noon",
    "b on sun 8 am",
    "c in 3 days",
    "d in a month",
    "e next week",
    "f next month",
    "g 24 dec",
    "h dec 24th 2027",
    "i 24.12.",
    "j 2028-02-29",
    "k 30 feb 9:00",
    "l every weekday",
    "m every other month",
    "n every mon 7:00",
    'o #"Foz"',
    "p #gone today tomorrow",
    "q every cloud this day",
    "r 1.1.",
    "s in 2 years",
    "t next thing",
    '#"a',
    "u in 3 weeks",
    "v in ten days",
    "w 2026-13-01 at home",
    "x next month in 999 years",
    "y 24.12.2027, pay",
    "z every year",
)
CHOSEN_TASKS = [
    f"{_id(311)}~pending~{to_wire(NOW_MS + 200 * DAY_MS)}~",
    f"{_id(322)}~in_progress~~{_id(201)}",
    f"{_id(313)}~completed~x~",
    f"{_id(321)}~pending~{YESTERDAY}",
    f"{_id(311)}~pending~~",
    "x~y",
]
WAY = f"{_id(311)}~p_{_id(322)}~i_{_id(321)}~"
SELECTIONS: list[dict[str, str | list[str]]] = [
    {"act": "complete", "task": CHOSEN_TASKS, "next": "/planner?view=all"},
    {"act": "complete", "task": CHOSEN_TASKS},
    {"act": "undo", "of": "complete", "tasks": WAY},
    {"act": "complete", "task": CHOSEN_TASKS},
    {"act": "move", "task": CHOSEN_TASKS, "projectId": _id(202)},
    {"act": "move", "task": CHOSEN_TASKS},
    {"act": "undo", "of": "move", "tasks": f"{_id(311)}~_{_id(322)}~{_id(201)}"},
    *({"day": day, "task": CHOSEN_TASKS, "next": "/planner"} for day in ("today", "tomorrow", "week", "none", "soon")),
    {"act": "reschedule", "task": CHOSEN_TASKS, "date": "2026-12-24"},
    {"act": "reschedule", "task": CHOSEN_TASKS, "date": "2026-02-30"},
    {"act": "reschedule", "task": CHOSEN_TASKS},
    {"act": "undo", "of": "reschedule", "tasks": f"{_id(311)}~1795510800000_{_id(322)}~_{_id(321)}~x"},
    {"act": "delete", "task": [f"{_id(302)}~pending~~"]},
    {"act": "undo", "of": "delete", "tasks": f"{_id(302)}~_{_id(303)}~"},
    {"act": "delete", "task": []},
    {"act": "undo", "of": "x", "tasks": WAY},
    {"act": "complete", "task": [_id(999)]},
    {"act": "complete", "task": [f"{_id(999)}~pending"]},
    {"act": "x", "task": CHOSEN_TASKS},
    {"task": CHOSEN_TASKS},
]
DEVICE = {
    **NO_COPY,
    "state": "attention",
    "label": "1 change needs you",
    "waiting": 2,
    "attention": 3,
    "copy": True,
    "ledger": [
        {"collection": "notes", "records": 1, "bytes": 6_420_000, "stubs": 3, "waiting": 1, "unsent": 4_000},
        {"collection": "tasks", "records": 20, "bytes": 999_499, "stubs": 0, "waiting": 0, "unsent": 0},
        {"collection": "later", "records": 1, "bytes": 9, "stubs": 0, "waiting": 0, "unsent": 0},
        {"collection": "projects", "records": 1, "bytes": 100, "stubs": 0, "waiting": 0, "unsent": 0},
    ],
    "outbox": [{"op": op, "title": "Waits", "at": TODAY} for op in ("create", "update", "delete", "restore")],
    "refused": [
        {"mid": 4, "op": "update", "title": "No", "detail": "why", "at": TODAY, "text": "What was written\n\nthere"},
        {"mid": -1, "op": "delete", "title": "Nor", "detail": "x", "at": YESTERDAY, "text": ""},
    ],
    "files": 900_000,
    "free": 4_000_000,
    "largest": [
        {"collection": "notes", "id": "n", "title": "Beam", "bytes": 48_000, "kept": True},
        {"collection": "tasks", "id": "t", "title": "", "bytes": 9_000, "kept": False},
    ],
    "pins": ["tasks", "projects", NOTES[0].id],
    "restored": YESTERDAY,
    "lastSync": YESTERDAY,
    "paused": "expired",
    "discarded": "7",
}
NO_BYTES = [
    {"collection": name, "records": 0, "bytes": 0, "stubs": 0, "waiting": 0, "unsent": 0} for name in ("tasks", "notes")
]
SETTINGS = Item("settings", "", {"moduleViewMode": "list", "darkMode": False, "timezone": ""}, NOW_MS, deleted=False)
MANY = [f"line {number}" for number in range(20)]


def _with(*changes: tuple[int, str]) -> str:
    """The lines of MANY, some of them replaced."""
    return "\n".join(dict(changes).get(number, line) for number, line in enumerate(MANY))


APART = Account(
    [
        _note(1, "Beam", "40 mm")._replace(apart=("45 mm", "50 mm")),
        _note(2, "Long", _with())._replace(
            apart=(_with((3, "three é"), (18, "here")), _with((3, "three è"), (18, "there")))
        ),
        _task(301, "Today", userNotes="a\n40 mm\nb")._replace(apart=("a\n45 mm\nb", "a\n50 cm\nb")),
        Item("projects", _id(201), {"name": "Foz", "description": "roof"}, NOW_MS, deleted=False)._replace(
            apart=("roof 1", "roof 2")
        ),
    ],
    "UTC",
    DEVICE,
    None,
)
FURNISHED = Account([*NOTES, *PROJECTS, *TASKS], "Europe/Lisbon", DEVICE, None)
EMPTY = Account([], "UTC", dict(NO_COPY), None)
CHOSEN = Account(
    [SETTINGS, *NOTES[:1], *TASKS[:1]],
    "Asia/Kathmandu",
    {
        **DEVICE,
        "ledger": [],
        "outbox": [],
        "refused": [],
        "attention": 1,
        "waiting": 0,
        "protection": "no",
        "free": 0,
        "installed": True,
    },
    None,
)
ONE_MODULE = Account(
    [SETTINGS._replace(fields={"enabledModules": ["notebook"], "moduleViewMode": "grid"}), *TASKS[:1]],
    "Pacific/Kiritimati",
    dict(NO_COPY),
    None,
)
NO_MODULE = ONE_MODULE._replace(
    items=[SETTINGS._replace(fields={"enabledModules": ["gone"]}), *TASKS[:1]],
)
ONE_DAY = Account(
    [
        SETTINGS._replace(fields={"enabledModules": ["planner"], "timezone": "UTC"}),
        _task(320, "Some time today", dueDate="2026-11-24T23:59:00.000Z"),
    ],
    "UTC",
    dict(NO_COPY),
    None,
)
LATER = Account(
    [TASKS[10], TASKS[9], *NOTES[8:9]],
    "Pacific/Kiritimati",
    {**DEVICE, "limit": 0, "lastSync": "", "protection": "yes", "ledger": NO_BYTES},
    None,
)
STUBBED = FURNISHED._replace(budget=0)


def _get(path: str, *, partial: bool = False, **params: str) -> Ask:
    return Ask(path, list(params.items()), partial, None)


def _post(path: str, method: str = "POST", **fields: str | list[str]) -> Ask:
    form = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in fields.items()}
    return Ask(path, [], partial=False, form={**form, "_method": [method]})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def lists() -> list[Ask]:
    """Every list in every state: what an empty account is asked as well."""
    return [
        *(
            _get(path)
            for path in (
                "/",
                "/notebook",
                "/notebook/new",
                "/planner",
                "/planner/new",
                "/planner/projects",
                "/planner/projects/new",
                "/search",
                "/capture",
                "/keyboard",
                "/planner/review",
                "/planner/statistics",
                "/settings",
                "/storage",
                "/storage/attention",
                "/trash",
            )
        ),
        *(
            _get("/storage", **given)
            for given in (
                {"freed": "1200000"},
                {"freed": "x", "archived": "2", "of": "notes", "at": str(NOW_MS)},
                {"archived": "1", "of": "notes", "at": str(NOW_MS)},
                {"archived": "0", "of": "notes", "at": "1"},
                {"archived": "2", "of": "none", "at": "1"},
            )
        ),
        *(_get("/storage/attention", discarded=mid) for mid in ("7", "8")),
        *(_get("/trash", **given) for given in ({"page": "2"}, {"page": "9"}, {"restored": "2"}, {"restored": "x"})),
        *(
            _get("/planner", view=view, page=page)
            for view in ("today", "upcoming", "overdue", "someday", "all", "done", "x")
            for page in ("1", "2", "9")
        ),
        *(
            _get("/search", **given)
            for given in (
                {"q": "beam"},
                {"q": "new note"},
                {"q": "foz"},
                {"q": "go"},
                {"q": "x"},
                {"q": "x", "page": "2"},
                {"q": "x", "in": "notebook"},
                {"q": "e", "in": "planner", "page": "2"},
                {"q": "foz", "in": "settings"},
                {"q": "nothing at all"},
                {"in": "notebook"},
            )
        ),
        _get("/search", partial=True, q="many"),
        *(
            _get("/capture", **given)
            for given in (
                {"title": "A title", "text": "Some text", "url": "https://example.org/?a=1&b=2", "in": "planner"},
                {"title": "Same", "text": "Same", "in": "none"},
            )
        ),
        *(
            _get("/notebook", made=made)
            for made in (f"/notebook/{_id(1)}", f"/planner/projects/{_id(201)}", f"/x/{_id(1)}", _id(1), "x")
        ),
        _get("/planner", partial=True),
        *(_get("/planner/board", **given) for given in ({}, {"project": _id(201)}, {"project": _id(999)})),
        *(_get("/planner", view=view, select="1") for view in ("today", "someday")),
        *(_get("/planner", undo=act, tasks=f"{_id(301)}~p_x") for act in ("complete", "delete", "x")),
        _get("/planner", undo="move", tasks=f"{_id(301)}~_{_id(302)}~", view="all"),
        _get("/notebook", partial=True),
        *(
            _get("/notebook", **given)
            for given in (
                {"q": "plain"},
                {"q": "nothing at all"},
                {"tag": "foz"},
                {"tag": "none"},
                {"sort": "title"},
                {"sort": "created"},
                {"archived": "true"},
                {"page": "2"},
                {"page": "9"},
                {"title": "Beam"},
                {"title": "No such"},
                {"deleted": _id(8)},
                {"deleted": _id(1)},
                {"deleted": "x"},
                {"tag": "foz", "q": "first", "sort": "title", "page": "1"},
                {"sort": "length"},
                {"sort": "x"},
                {"sort": "length", "page": "2", "select": "all"},
                {"select": "some"},
                {"archived": "true", "select": "all"},
                {"any": "foz"},
                *({"did": act, "which": f"{_id(1)}.x.{_id(2)}", "named": "a b"} for act in ("pinned", "tagged", "x")),
                {"did": "restored", "which": _id(1)},
            )
        ),
        *(
            Ask("/notebook", [(name, tag) for tag in tags], partial, None)
            for name in ("tag", "any")
            for tags, partial in ((("foz", "set"), False), (("foz", "foz"), True), (("none", "no"), False))
        ),
        _get("/notebook/new", title="Beam", tag="foz"),
        _get("/notebook/new", template=_id(13)),
        _get("/notebook/new", template=_id(13), title="Given"),
        *(_get(f"/notebook/{name}") for name in ("statistics", "graph", "completion")),
        *(
            _get("/notebook/completion", partial=True, kind=kind, prefix=prefix)
            for kind in ("tag", "title")
            for prefix in ("", "L", "é")
        ),
        _get("/planner/new", projectId=_id(201)),
        _get("/planner/projects", deleted=_id(203)),
        _get("/settings", saved="1"),
        _get("/planner", deleted=_id(309)),
        _get("/planner", deleted=_id(309), steps="1"),
        _get("/planner", deleted=_id(309), steps="3"),
    ]


def records() -> list[Ask]:
    """Every record's page, and the undo that a list offers."""
    return [
        *(_get(f"/notebook/{_id(number)}") for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 18, 999)),
        *(_get(f"/notebook/{_id(number)}/similar", partial=number == 16) for number in (7, 15, 16)),
        *(
            _get(f"/planner/{_id(number)}", **given)
            for number, given in (
                (301, {}),
                (302, {}),
                (306, {}),
                (306, {"page": "2"}),
                (308, {}),
                (312, {}),
                (313, {}),
                (999, {}),
                (313, {"completed": _id(313), "was": "in_progress"}),
                (303, {}),
                (305, {}),
            )
        ),
        *(
            _get(f"/planner/projects/{_id(number)}", **given)
            for number, given in (
                (201, {}),
                (201, {"page": "2"}),
                (201, {"finished": "2"}),
                (202, {}),
                (203, {}),
                (201, {"completed": _id(313)}),
            )
        ),
        _get("/planner", completed=_id(317)),
        _get("/planner", completed=_id(313), was="pending"),
        _get(f"/planner/{_id(324)}"),
        _get("/planner/understood"),
        _get("/planner/understood", quick="x #nowhere"),
        *(
            _get("/planner/understood", quick=line, partial=partial)
            for partial in (True, False)
            for line in ("roof tomorrow 5pm !high #foz every week", "roof on 24 dec")
        ),
    ]


def posts() -> list[Ask]:
    """Every form post: as it is meant, refused, and on what is gone. Later ones see what earlier ones did."""
    note, task, project = f"/notebook/{_id(1)}", f"/planner/{_id(301)}", f"/planner/projects/{_id(201)}"
    gone = _id(999)
    return [
        _post("/notebook", id=_id(21), title="New", bodyMarkdown="", tags="a, #b,, a"),
        _post("/notebook", id=_id(22), title=" ", bodyMarkdown="# The first *line*\nrest"),
        _post("/notebook", id=_id(23), title="", bodyMarkdown="---\n\u200b"),
        _post("/notebook", id=_id(24), title="Found", bodyMarkdown="(#in) #東京 [[Beam]] [[a[[b]] `` ` `` ` x `` ```"),
        _post("/notebook", title="", bodyMarkdown=" "),
        _post("/notebook", title="x" * 201, bodyMarkdown="kept"),
        _post("/notebook", id=_id(8), title="Taken by a deleted one", bodyMarkdown="x"),
        _post("/notebook", id=_id(1), title="Taken", bodyMarkdown="x"),
        _post(note, "PUT", title="Beam", bodyMarkdown=CODE + "#new", bases__bodyMarkdown=_hash("Plain."), tags="set"),
        _post(note, "PUT", title="Beam", bodyMarkdown="over it", bases__bodyMarkdown=_hash("older")),
        _post(
            note, "PUT", title="Was", shown__title="Was", tags="set, other", shown__tags="set, gone", bodyMarkdown="a"
        ),
        _post(
            note, "PUT", title="", shown__title="", baseRev="999", shown__tags="other", tags="other", bodyMarkdown="b"
        ),
        _post(note, "PUT", title="x" * 201, shown__title="Beam", baseRev="1099511627779", bodyMarkdown="c"),
        _post(note, "PUT", title="", bodyMarkdown=""),
        _post(note, "PUT", title="x" * 201, bodyMarkdown="a", bases__bodyMarkdown=_hash("Plain.")),
        _post(
            f"/notebook/{_id(3)}",
            "PUT",
            title="Links near",
            bodyMarkdown="no tag now",
            bases__bodyMarkdown=_hash("[[Beam]] first #foz #東京 #12 (#in)"),
            tags="foz",
        ),
        _post(f"/notebook/{gone}", "PUT", title="t", bodyMarkdown="my long text", bases__bodyMarkdown=_hash("")),
        *(_post(f"{note}/{state}", method) for state in ("pin", "archive") for method in ("PUT", "DELETE")),
        _post(f"{note}/pin", "POST"),
        *(
            _post(f"/notebook/{_id(14)}/tasks", "PUT", task=task)
            for task in (
                "20:- [ ] a",
                "5:- [ ] a",
                "5:- [ ] a",
                "9:- [X] b",
                "x:> 1. [x] c",
                "",
                "5:- [ ] gone",
                "3:nothing",
            )
        ),
        _post("/notebook/selection", "PUT", note=[_id(2)], isPinned="true"),
        _post("/notebook/selection", "PUT", note=[_id(2)], isPinned="false", next="/notebook"),
        _post("/notebook/selection", "PUT", note=[_id(2)], tagged="true", tag="set"),
        *(
            _post("/notebook/selection", "PUT", note=[_id(2), _id(3), _id(6), gone], next="/notebook?sort=title", **act)
            for act in (
                {"isPinned": "true"},
                {"isPinned": "false"},
                {"isArchived": "true"},
                {"isArchived": "false"},
                {"tagged": "true", "tag": "set, #new"},
                {"tagged": "false", "tag": "new"},
                {"tagged": "true", "tag": " "},
                {"tagged": "true", "tag": "x" * 101},
                {"deleted": "true"},
                {"deleted": "false"},
                {},
            )
        ),
        _post(note, "DELETE"),
        _post(f"{note}/restoration", "PUT"),
        _post(f"/notebook/{gone}/pin", "PUT"),
        _post(f"/notebook/{gone}", "DELETE"),
        _post(f"/notebook/{gone}/restoration", "PUT"),
        _post("/planner", id=_id(31), title="Quick", due="today", next="/planner?view=all"),
        _post(
            "/planner",
            id=_id(32),
            title="Whole",
            userNotes="n",
            dueDate="2026-11-24T09:00",
            priority="low",
            status="in_progress",
            recurrenceRule="daily",
            projectId=_id(201),
            parentTaskId="",
        ),
        *(_post("/planner", id=_id(700_000 + at), quick=line) for at, line in enumerate(QUICK)),
        _post(
            "/planner", id=_id(35), quick="x", due="today", projectId=_id(201), parentTaskId=_id(301), next="/planner"
        ),
        _post("/planner", quick=" ", due="today"),
        _post("/planner", id=_id(37), quick="x 31 dec 9999", due=""),
        _post("/planner", id=_id(38), title="Plain", rrule="", dueDate=""),
        _post("/planner", title="Rule", recurrenceRule="custom", rrule="FREQ=HOURLY", reminderMinutes="x"),
        _post("/planner", title="Rule", id=_id(39), recurrenceRule="weekly", rrule="FREQ=HOURLY", reminderMinutes="30"),
        _post("/planner", title="Rule", id=_id(36), recurrenceRule="custom", rrule="FREQ=DAILY", reminderMinutes="30"),
        *(
            ask
            for number in (301, 308, 321, 322, 325, 326, 327)
            for ask in (
                _post(f"/planner/{_id(number)}/completion", "PUT"),
                _post(f"/planner/{_id(number)}/completion", "DELETE", status="pending"),
                _post(f"/planner/{_id(number)}/completion", "PUT"),
                _post(f"/planner/{_id(number)}/completion", "DELETE"),
                _post(f"/planner/{_id(number)}/completion", "PUT"),
            )
        ),
        *(
            _post(f"/planner/{_id(number)}/place", "PUT", to=to, next="/planner/board")
            for number, to in (
                (302, "~a~b"),
                (303, f"~{_id(302)}~"),
                (304, f"~~{_id(302)}"),
                (306, "completed~~"),
                (306, "pending~z~a"),
                (322, "completed~a~z"),
                (322, "x~é~b"),
                (324, "completed~~"),
                (305, "in_progress~V~V-"),
                (305, ""),
                (999, ""),
            )
        ),
        *(
            _post(f"/planner/{_id(number)}/dependencies", method, other=other)
            for number, method, other in (
                (303, "PUT", _id(301)),
                (301, "PUT", _id(314)),
                (301, "PUT", _id(302)),
                (301, "PUT", ""),
                (301, "DELETE", _id(302)),
                (301, "DELETE", "x"),
            )
        ),
        _get(f"/planner/{_id(303)}"),
        *(_post("/planner/selection", "PUT", **fields) for fields in SELECTIONS),
        _post("/planner", title=""),
        _post("/planner", title="t", dueDate="soon", due=""),
        _post("/planner", title="", due="today", next="//x"),
        _post("/planner", id=_id(33), title="Of itself", parentTaskId=_id(33)),
        _post("/planner", title="t", priority="none"),
        _post(
            task,
            "PUT",
            title="Today",
            dueDate="",
            userNotes="",
            bases__userNotes=_hash(""),
            projectId="",
            status="pending",
        ),
        _post(task, "PUT", title="Today", userNotes="mine", bases__userNotes=_hash("theirs")),
        _post(f"/planner/{_id(303)}", "PUT", title="Step", userNotes="mine", bases__userNotes=_hash("theirs")),
        _post(f"/planner/{_id(306)}/completion", "PUT"),
        _post(f"/planner/{_id(317)}/completion", "PUT"),
        _get("/planner", completed=_id(317)),
        _post(task, "PUT", title="", userNotes="mine", bases__userNotes=_hash("")),
        _post(task, "PUT", title="Cycle", parentTaskId=_id(304)),
        _post(task, "PUT", title="Cycle", projectId="x"),
        _post(f"/planner/{gone}", "PUT", title="t", userNotes="kept", bases__userNotes=_hash("")),
        _post(f"{task}/completion", "PUT", next="/planner?view=all"),
        *(_get("/planner", view=view) for view in ("today", "upcoming", "overdue", "all", "done")),
        _get(project),
        _get("/"),
        _post(f"/planner/{_id(400)}/completion", "PUT"),
        _get("/planner"),
        _get("/planner", view="overdue"),
        _post(f"{task}/completion", "DELETE", status="in_progress"),
        _post(f"/planner/{_id(306)}/completion", "PUT"),
        _post(f"{task}/completion", "DELETE", next="/planner", status="lost"),
        _post(task, "DELETE"),
        _post(f"{task}/restoration", "PUT"),
        _post(f"/planner/{_id(315)}/restoration", "PUT"),
        _post("/planner/projects", id=_id(34), name="New", description="d"),
        _post("/planner/projects", name=" "),
        _post(project, "PUT", name="Foz", description="Other.", bases__description=_hash("Roof.")),
        _post(project, "PUT", name="Foz", description="Mine.", bases__description=_hash("older")),
        _post(project, "PUT", name=""),
        _post(f"/planner/{_id(308)}", "DELETE"),
        _post(f"/planner/{_id(308)}/restoration", "PUT"),
        _post(f"/planner/{_id(998)}/restoration", "PUT"),
        _post(project, "DELETE"),
        _get("/trash"),
        _post(f"{project}/restoration", "PUT"),
        _post("/storage/pins", "PUT", of=NOTES[0].id),
        _post("/storage/pins", "DELETE", of="notes"),
        _post("/storage/archive", of="notes", days="90"),
        _post("/storage/archive", of="notes", days="7"),
        _post("/storage/archive", of="tasks", days="90"),
        _get("/notebook", archived="true"),
        _post(f"/storage/archive/notes/{NOW_MS}", "DELETE"),
        _post("/storage/archive/notes/x", "DELETE"),
        _get("/notebook"),
        _post("/trash/restoration", "PUT"),
        _post("/trash/restoration", "PUT", record=[f"notes/{_id(8)}", f"tasks/{_id(309)}", f"notes/{_id(1)}", "x"]),
        _post("/trash/restoration", "PUT", only=f"notes/{_id(900)}", record=[f"notes/{_id(901)}"]),
        _get("/trash"),
        _post("/capture", id=_id(41), text="Kept\nwith more", back="/?made=/x&a=1#there", **{"in": "notebook"}),
        _post("/capture", id=_id(42), text=" One \n\n line ", back="/planner?view=all&made=/x", **{"in": "planner"}),
        _post("/capture", id=_id(43), text="Kept", back="//elsewhere"),
        _post("/capture", id=_id(1), text="Under an id that is taken", back="/"),
        _post("/capture", text=" \u200b", back="/"),
        _post("/capture", text="x" * 301, back="/", **{"in": "planner"}),
        _post("/capture", "DELETE", made=f"/notebook/{_id(41)}", back="/"),
        _post("/capture", "DELETE", made=f"/planner/{_id(42)}"),
        _post("/capture", "DELETE", made=f"/notebook/{gone}", back="/"),
        _post("/capture", "DELETE", made=f"/nowhere/{gone}", back="/"),
        _post("/capture", "DELETE", made="/notebook"),
        _post(f"/planner/projects/{gone}", "DELETE"),
        _post(
            "/settings",
            "PUT",
            darkMode="false",
            colorTheme="pink",
            moduleViewMode="list",
            timezone="Asia/Tokyo",
            enabledModules=["notebook"],
            offered=["notebook", "planner"],
        ),
        _post(
            "/settings",
            "PUT",
            darkMode="true",
            colorTheme="cyan",
            moduleViewMode="grid",
            timezone="",
            enabledModules=["notebook", "planner"],
            offered=["notebook", "planner"],
        ),
        _post(
            "/settings",
            "PUT",
            darkMode="true",
            colorTheme="cyan",
            moduleViewMode="grid",
            timezone="",
            switches="1",
            appBadge="true",
            **{"retention.tasks": "30", "retention.notes": "0", "retention.history": "4000"},
        ),
        _get("/keyboard"),
        _get("/settings"),
        _post("/settings", "PUT", darkMode="dark", colorTheme="none", timezone="Mars/Olympus", offered=["notebook"]),
        _post("/settings", "PUT", timezone="Mars/Olympus", **{"retention.tasks": "45", "retention.notes": "90"}),
        _post("/settings", "PUT", timezone="", **{"retention.notes": "many"}),
        _post("/settings", "PUT", darkMode="true", colorTheme="none", moduleViewMode="grid", timezone=""),
    ]


def without_modules() -> list[Ask]:
    """Where nothing that is listed is switched on."""
    return [*(_get(path) for path in ("/", "/search", "/capture", "/keyboard")), _post("/capture", text="x", back="/")]


def apart() -> list[Ask]:
    """Two versions of a text: seen, and settled in each way."""
    note, long = f"/notebook/{_id(1)}", f"/notebook/{_id(2)}"
    paths = (note, long, f"/planner/{_id(301)}", f"/planner/projects/{_id(201)}")
    lines = _with((3, "three é\nthree è"), (18, "here\nthere"))
    return [
        *(_get(f"{path}{more}") for path in paths for more in ("", "/conflict")),
        _get(f"/notebook/{_id(999)}/conflict"),
        _post(f"{note}/conflict", "PUT", base=_hash("older"), part1="first"),
        _post(f"{note}/conflict", "PUT", base=_hash("45 mm\n50 mm"), part1="both"),
        _get(f"{note}/conflict"),
        _post(f"{long}/conflict", "PUT", base=_hash(lines), part1="first", part2="second", baseRev="999"),
        _get(long),
        _post(f"/planner/{_id(301)}/conflict", "PUT", base=_hash("a\n45 mm\n50 cm\nb"), part1="second"),
        _post(f"/planner/projects/{_id(201)}/conflict", "PUT", base=_hash("roof 1\nroof 2"), part1="first"),
        _get(f"/planner/projects/{_id(201)}"),
    ]


def everything() -> list[tuple[Account, list[Ask]]]:
    """Accounts, and what each is asked."""
    kept = [
        _post(f"/notebook/{_id(5)}/pin", "PUT"),
        _post(f"/notebook/{_id(2)}/archive", "PUT"),
        _post(f"/planner/{_id(303)}/completion", "PUT"),
        # What comes next has its notes where these are.
        _post(f"/planner/{_id(398)}/completion", "PUT"),
        _post(f"/notebook/{_id(9)}", "DELETE"),
    ]
    return [
        (EMPTY, lists()),
        (FURNISHED, [*lists(), *records()]),
        (CHOSEN, lists()),
        (ONE_MODULE, lists()),
        (ONE_DAY, lists()),
        (LATER, lists()),
        (FURNISHED, posts()),
        (APART, apart()),
        (NO_MODULE, without_modules()),
        (STUBBED, [*lists(), *records(), *kept]),
        *calendars(),
    ]
