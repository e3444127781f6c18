"""Every template of the product, with the contexts that its real views make for a furnished account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from aios.records.ids import new_id
from aios.records.query import NO_COPY
from aios.web.templates import Templates
from tests.modules.forms import post, send, show
from tests.parity.cases import HOSTILE
from tests.parity.device import ASSETS, Device

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.people import People, Person

Call = tuple[str, dict[str, Any], str, str]
FOLDERS = ("components/", "shell/", "planner/parts.html", "notebook/parts.html", "calendar/parts.html")
"""What pages are made of: shown by them, never by themselves."""
ALONE = ("dev/", "device/", "port/")
"""What a server does not show in production, or never: test_device_templates.py shows what devices do."""


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """All that the server renders while the test runs: name, context, fragment, HTML."""
    calls: list[Call] = []
    render = Templates.render

    def record(self: Templates, template_name: str, context: Mapping[str, Any], fragment: str = "") -> str:
        html = render(self, template_name, dict(context), fragment)
        calls.append((template_name, dict(context), fragment, html))
        return html

    monkeypatch.setattr(Templates, "render", record)
    return calls


async def furnish(mara: Person) -> list[str]:
    """Write hostile records through the API, and give the addresses to visit."""
    note = (
        await mara.post("/api/notes", {"title": HOSTILE, "bodyMarkdown": f"# A\n{HOSTILE} #tag [[{HOSTILE[:9]}]]"})
    ).json()
    await mara.post("/api/notes", {"title": "Pinned", "bodyMarkdown": "- [x] a", "isPinned": True, "tags": ["home"]})
    project = (await mara.post("/api/projects", {"name": HOSTILE, "description": HOSTILE})).json()
    task = (await mara.post("/api/tasks", {"title": HOSTILE, "projectId": project["id"], "priority": "high"})).json()
    for title, fields in {
        "Step": {"parentTaskId": task["id"]},
        "Late": {"dueDate": "2020-01-01T10:00:00.000Z", "recurrenceRule": "weekly"},
        "Done": {"status": "completed", "parentTaskId": task["id"]},
        "Off": {"status": "cancelled", "aiNotes": "x"},
        "On": {"status": "in_progress", "dueDate": "2031-01-01T10:00:00.000Z"},
    }.items():
        await mara.post("/api/tasks", {"title": title, **fields})
    records = [f"/notebook/{note['id']}", f"/planner/{task['id']}", f"/planner/projects/{project['id']}"]
    lists = [f"/planner?view={view}" for view in ("today", "upcoming", "overdue", "all", "done")]
    filters = ["/notebook?tag=tag", "/notebook?q=nothing", "/notebook?archived=true", f"/notebook?deleted={note['id']}"]
    wholes = [
        f"/notebook/{note['id']}/similar",
        *(f"/notebook/{name}" for name in ("completion", "graph", "statistics")),
    ]
    settled = [f"/notebook/{note['id']}/conflict", f"/history/notes/{note['id']}"]
    event = {"title": HOSTILE, "startAt": "2030-11-24T09:00:00.000Z", "endAt": "2030-11-24T10:00:00.000Z"}
    events = [
        (await mara.post("/api/events", {**event, **more})).json()
        for more in ({"location": "<Foz>", "recurrenceRule": "weekly"}, {}, {"allDay": True})
    ]
    calendar = [f"/calendar{view}?date=2030-11-24" for view in ("", "/week", "/day", "/agenda", "/statistics")]
    calendar += [f"/calendar/{each['id']}{more}" for each in events for more in ("", "/edit")]
    calendar += ["/calendar/new", "/calendar/settings", "/calendar/search", "/calendar/search?q=e"]
    accounts = ["/settings/devices", "/settings/account", "/settings/account/delete", "/welcome"]
    return [*records, *lists, *filters, *wholes, *settled, *calendar, *accounts]


PLAIN = (
    "/", "/notebook", "/notebook/new", "/planner", "/planner/new", "/planner/projects", "/planner/projects/new", "/planner/board", "/planner/review", "/planner/statistics", "/planner/understood?quick=milk+tomorrow", "/search", "/search?q=e", "/capture", "/keyboard", "/settings", "/storage", "/storage/attention", "/trash",  # noqa: E501  a list
)  # fmt: skip


async def test_every_template_renders_alike(people: People, rendered: list[Call], device: Device) -> None:
    mara = await people()
    for path in PLAIN:
        await show(mara, path)
    for path in [*await furnish(mara), *PLAIN]:
        await show(mara, path)
    for path in ("/notebook", "/planner", "/planner?view=all"):
        await mara.get(path, headers={"hx-request-type": "partial"})
    await mara.client.get("/sign-in")
    await mara.client.get("/install")
    await mara.client.get("/sign-up?next=/planner")
    await mara.get(f"/notebook/{new_id()}", headers={"accept": "text/html"})
    refused = await send(mara, "/planner/projects/new", "/planner/projects", name="")
    assert refused.status_code == 422
    assert (
        await post(mara, "/settings", {"_method": "PUT", "darkMode": "dark", "colorTheme": "<none>"})
    ).status_code == 422

    # Addresses of files name the tree that the server made of them.
    root = re.findall(r"/assets/[0-9a-f]+/", rendered[0][3])[0]
    made = Templates(lambda path: root + path)
    module = device.install(made, made.names())
    for name, context, fragment, html in rendered:
        assert device.render(module, name, context, fragment) == (html, ""), (name, fragment)
    shown = {name for name, *_ in rendered}
    names = {name for name in made.names() if not name.startswith((*FOLDERS, *ALONE)) and "/served/" not in name}
    unseen = names - shown
    assert not unseen
    assert {fragment for _, _, fragment, _ in rendered} > {""}


def test_the_gallery_renders_alike(device: Device) -> None:
    """Every macro in each of its states."""
    made = Templates(ASSETS.url)
    module = device.install(made, made.names())
    shell = {"title_suffix": "", "theme": "", "accent": "cyan", "account": "", "user": HOSTILE,
             "device": NO_COPY, "initials": "<>", "nav": [],
             "modules": [], "tabs": [], "places": [], "makes": [], "captures": [], "new_id": "", "keys": True,
             "made": None}  # fmt: skip
    context = {"title": HOSTILE, "shell": shell, "page": {"path": "/dev", "module": ""}, "toast": None, "errors": {},
               "form_error": ""}  # fmt: skip
    assert device.render(module, "dev/components.html", context) == (made.render("dev/components.html", context), "")
