"""One account made by hand, and requests that reach every line of every view and every branch of every template."""

from __future__ import annotations

import hashlib

from aios.records.clock import to_wire
from aios.records.query import NO_COPY
from tests.parity.accounts import DAY_MS, NOW_MS, Account, Ask, Item

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
    _note(12, "Gap", "short" + "\n" * 300 + "end"),
    *[_note(100 + number, f"Many {number}", "x", age=number * HOUR_MS, tags=[f"t{number}"]) for number in range(52)],
]
PROJECTS = [
    Item("projects", _id(201), {"name": "Foz", "description": "Roof."}, NOW_MS - DAY_MS, deleted=False),
    Item("projects", _id(202), {"name": "Empty", "description": ""}, NOW_MS - DAY_MS, deleted=False),
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
    _task(319, "Part of it, late", dueDate=YESTERDAY, parentTaskId=_id(318)),
    *[_task(400 + number, f"Late {number}", dueDate=to_wire(NOW_MS - DAY_MS - number)) for number in range(53)],
    *[_task(500 + number, f"Done {number}", status="completed", projectId=_id(201)) for number in range(52)],
    *[_task(600 + number, f"Open {number}", projectId=_id(201)) for number in range(52)],
    *[_task(700 + number, f"Part {number}", parentTaskId=_id(306)) for number in range(52)],
    *[_task(800 + number, f"Later {number}", dueDate=to_wire(NOW_MS + 2 * DAY_MS + number)) for number in range(52)],
]
DEVICE = {
    **NO_COPY,
    "state": "attention",
    "label": "1 change needs you",
    "waiting": 2,
    "attention": 1,
    "copy": True,
    "ledger": [
        {"collection": "notes", "records": 1, "bytes": 6_420_000, "stubs": 3, "waiting": 1},
        {"collection": "tasks", "records": 20, "bytes": 999_499, "stubs": 0, "waiting": 0},
    ],
    "outbox": [{"op": op, "title": "Waits", "at": TODAY} for op in ("create", "update", "delete", "restore")],
    "refused": [{"title": "No", "detail": "why", "path": "/notebook"}, {"title": "Nor", "detail": "x", "path": ""}],
    "lastSync": YESTERDAY,
}
SETTINGS = Item("settings", "", {"moduleViewMode": "list", "darkMode": False, "timezone": ""}, NOW_MS, deleted=False)
FURNISHED = Account([*NOTES, *PROJECTS, *TASKS], "Europe/Lisbon", DEVICE, None)
EMPTY = Account([], "UTC", dict(NO_COPY), None)
CHOSEN = Account(
    [SETTINGS, *NOTES[:1], *TASKS[:1]], "Asia/Kathmandu", {**DEVICE, "ledger": [], "outbox": [], "refused": []}, None
)
ONE_MODULE = Account(
    [SETTINGS._replace(fields={"enabledModules": ["notebook"], "moduleViewMode": "grid"}), *TASKS[:1]],
    "Pacific/Kiritimati",
    dict(NO_COPY),
    None,
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
LATER = Account([TASKS[10], TASKS[9], *NOTES[8:9]], "Pacific/Kiritimati", {**DEVICE, "limit": 0, "lastSync": ""}, None)
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
                "/settings",
                "/storage",
            )
        ),
        *(
            _get("/planner", view=view, page=page)
            for view in ("today", "upcoming", "overdue", "all", "done", "x")
            for page in ("1", "2", "9")
        ),
        _get("/planner", partial=True),
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
            )
        ),
        _get("/notebook/new", title="Beam", tag="foz"),
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
        *(_get(f"/notebook/{_id(number)}") for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 999)),
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
        _post(f"{project}/restoration", "PUT"),
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
        _post("/settings", "PUT", darkMode="dark", colorTheme="none", timezone="Mars/Olympus", offered=["notebook"]),
        _post("/settings", "PUT", darkMode="true", colorTheme="none", moduleViewMode="grid", timezone=""),
    ]


def everything() -> list[tuple[Account, list[Ask]]]:
    """Accounts, and what each is asked."""
    kept = [
        _post(f"/notebook/{_id(5)}/pin", "PUT"),
        _post(f"/notebook/{_id(2)}/archive", "PUT"),
        _post(f"/planner/{_id(303)}/completion", "PUT"),
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
        (STUBBED, [*lists(), *records(), *kept]),
    ]
