"""Every page there is, with content in it, taken from the registry: a new page is tested without being named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.modules.forms import Forms

if TYPE_CHECKING:
    from aios.modules import Registry
    from tests.e2e.browsing import Visitor

GATES = ("/sign-in", "/sign-up")
ACCOUNTS = (
    "/welcome",
    "/settings/devices",
    "/settings/account",
    "/settings/account/delete",
    "/settings/import",
    "/settings/calendar",
)
DEVELOPMENT = ("/dev", "/dev/components")
MISSING = "/notebook/019ab2c4-90aa-7b1f-8a35-20c7f41d9e02"
LONG = "Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
"""One word, longer than any screen, of 160 letters."""
BODY = """# Heading

Some *emphasis*, **weight**, `code`, ~~gone~~, [a link](https://example.org/), [[Snow loads]] and #roof.

- [x] done
- [ ] open

> quoted

| a | b |
|---|---|
| 1 | 2 |

```
code that is much longer than the screen of a phone is wide, so that it has to scroll by itself
```

1. first
2. second

---

![picture](/assets/none.png)
"""


async def furnish(person: Visitor) -> dict[str, str]:
    """Make one of everything, and give the path of a record for each page that shows one."""
    note = await person.make("notebook", title="North beam", bodyMarkdown=BODY, tags="foz, work")
    await person.post(f"{note}/pin", _method="PUT")
    await person.make("notebook", title=LONG, bodyMarkdown=LONG, tags=LONG[:90])
    await person.make("notebook", title="Snow loads", bodyMarkdown="See [[North beam]].")
    old = await person.make("notebook", title="Old idea", bodyMarkdown="Not now")
    await person.post(f"{old}/archive", _method="PUT")
    project = await person.make("planner/projects", name="Foz library", description="Reading corner")
    project_id = project.rpartition("/")[2]
    task = await person.make(
        "planner", title="Send load figures", dueDate="2020-05-06T17:30", priority="urgent", projectId=project_id
    )
    step = await person.send(task, "/planner", title="Snow case")
    assert step.status_code == 303
    await person.make("planner/projects", name=LONG)
    for title in ("Call Ines", LONG):
        answer = await person.send("/planner", "/planner", title=title)
        assert answer.status_code == 303
    done = await person.make("planner", title="Pay the bill", projectId=project_id, recurrenceRule="weekly")
    await person.post(f"{done}/completion", _method="PUT")
    await person.make("planner", title="Plan the trip", dueDate="2031-05-06T23:59", priority="low")
    event = await person.make(
        "calendar",
        title="Site walk with Ines",
        location="Foz library",
        description="meet.google.com/abc-defg-hij",
        repeat="weekly",
        **{"remind-10": "true"},
    )
    await person.make("calendar", title=LONG, location=LONG, anyway="1")
    await person.make("calendar", title="Karin visiting", allDay="true")
    for path, field in ((note, "bodyMarkdown"), (task, "userNotes"), (project, "description")):
        await _write_apart(person, path, path, field)
    await _write_apart(person, event, f"{event}/edit", "description")
    records = {
        "/notebook/{id}": note,
        "/planner/{id}": task,
        "/planner/projects/{id}": project,
        "/calendar/{id}": event,
    }
    records |= {f"{page}/conflict": f"{path}/conflict" for page, path in records.items()}
    return records | {"/notebook/{id}/similar": f"{note}/similar", "/calendar/{id}/edit": f"{event}/edit"}


async def _write_apart(person: Visitor, path: str, page: str, field: str) -> None:
    """Change the last line of a text in two windows of its `page`, so that it has two versions."""
    opened = Forms(await person.show(page)).fields(path, "PUT") | {"anyway": "1"}
    for line in ("one version", "another version"):
        lines = [*opened[field].split("\n")[:-1], f"The last line, {line}"]
        answer = await person.post(path, **(opened | {field: "\n".join(lines)}))
        assert answer.status_code == 303


def pages(registry: Registry, records: dict[str, str]) -> list[str]:
    """The addresses of all pages of a signed-in person, with the variants that look different."""
    declared = [page.path for module in registry.modules.values() for page in module.pages]
    missing = [path for path in declared if "{" in path and path not in records]
    assert not missing, f"furnish() makes nothing to show on {missing}"
    variants = [
        "/notebook?tag=roof",
        "/notebook?q=nothing+like+this",
        "/notebook?archived=true",
        "/notebook?select=all",
        "/notebook?tag=foz&tag=work",
        f"{records['/calendar/{id}/edit']}?on={datetime.now(UTC).date().isoformat()}",
        f"{records['/calendar/{id}']}?on={datetime.now(UTC).date().isoformat()}",
        "/calendar?date=2031-05-06",
        "/calendar/search?q=walk",
        "/planner?view=upcoming",
        "/planner?view=overdue",
        "/planner?view=all",
        "/planner?view=done",
        "/settings?saved=1",
        "/search?q=beam",
        "/search?q=nothing+like+this",
        f"/planner?made={records['/notebook/{id}']}",
    ]
    return [*(records.get(path, path) for path in declared), *variants, *ACCOUNTS, *DEVELOPMENT, MISSING]
