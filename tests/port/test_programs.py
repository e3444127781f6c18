"""What other programs export: Joplin, Google Keep, Todoist and TickTick."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.port.sending import bring, by_title, records, zipped

if TYPE_CHECKING:
    from tests.people import People

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def item(number: int, title: str, body: str, kind: int, **properties: str) -> tuple[str, str]:
    """A file of a Joplin export."""
    given = {"id": f"{number:032x}", "created_time": "2021-01-02T03:04:05.678Z", **properties, "type_": str(kind)}
    head = f"{title}\n\n{body}\n\n" if kind == 1 else f"{title}\n\n" if title else ""
    return f"{number:032x}.md", head + "\n".join(f"{name}: {value}" for name, value in given.items())


def jex(*items: tuple[str, str]) -> bytes:
    """A Joplin export."""
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        for name, text in items:
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return kept.getvalue()


async def test_joplin(people: People) -> None:
    mara = await people()
    archive = jex(
        item(1, "Roof", f"See [the beam](:/{2:032x}) and ![plan](:/{9:032x}).\n\nkey: value", 1,
             parent_id=f"{11:032x}", user_updated_time="2022-05-06T07:08:09.010Z", source_url="https://example.org/"),
        item(2, "Beam", "Heavy", 1, parent_id=f"{10:032x}", is_todo="1", todo_completed="1620000000000"),
        item(3, "Page", "<h1>Title</h1><p>Some <b>bold</b> text<ul><li>one</li></ul>", 1, markup_language="2"),
        item(4, "Gone", "", 1, deleted_time="1620000000000"),
        item(5, "Secret", "", 1, encryption_applied="1"),
        item(9, "plan.pdf", "", 4, mime="application/pdf"),
        item(10, "Work", "", 2, parent_id=""),
        item(11, "Foz", "", 2, parent_id=f"{10:032x}"),
        item(12, "urgent", "", 5),
        item(13, "", "", 6, note_id=f"{1:032x}", tag_id=f"{12:032x}"),
        (f"resources/{9:032x}.pdf", "%PDF"),
    )  # fmt: skip
    told = await bring(mara, "all.jex", archive)
    notes = await by_title(mara)
    assert set(notes) == {"Roof", "Beam", "Page"}
    roof = notes["Roof"]
    assert roof["tags"] == ["urgent", "Work/Foz"]
    assert roof["links"] == ["Beam"]
    assert roof["bodyMarkdown"].startswith(f"See the beam ([[Beam]]) and ![plan](:/{9:032x}).\n\nkey: value")
    assert "https://example.org/" in roof["bodyMarkdown"]
    assert (roof["createdAt"], roof["updatedAt"]) == ("2021-01-02T03:04:05.678Z", "2022-05-06T07:08:09.010Z")
    assert notes["Beam"]["bodyMarkdown"] == "- [x] Done\n\nHeavy"
    assert "# Title" in notes["Page"]["bodyMarkdown"]
    assert "**bold**" in notes["Page"]["bodyMarkdown"]
    for words in (
        "Joplin export",
        "3 new",
        "plan.pdf Attachments",
        "Gone It is in Joplin's trash",
        "Secret It is encrypted",
    ):
        assert words in told
    assert "3 here already" in await bring(mara, "all (1).jex", archive)


async def test_keep(people: People) -> None:
    mara = await people()
    common = {"isTrashed": False, "isPinned": False, "isArchived": False, "createdTimestampUsec": 1600000000000000}
    files = {
        "Takeout/Keep/List.json": json.dumps(
            {**common, "title": "List", "isPinned": True, "labels": [{"name": "home"}], "listContent": [
                {"text": "milk", "isChecked": True}, {"text": "bread", "isChecked": False}],
             "userEditedTimestampUsec": 1600000001000000}),
        "Takeout/Keep/List.html": "<html></html>",
        "Takeout/Keep/2020.json": json.dumps(
            {**common, "title": "", "textContent": "A first line\nand more", "isArchived": True,
             "attachments": [{"filePath": "a.jpg", "mimetype": "image/jpeg"}]}),
        "Takeout/Keep/Old.json": json.dumps({**common, "title": "Old", "textContent": "", "isTrashed": True}),
        "Takeout/Keep/a.jpg": b"\xff\xd8",
    }  # fmt: skip
    told = await bring(mara, "takeout.zip", zipped(files))
    notes = await by_title(mara)
    assert set(notes) == {"List", "A first line"}
    assert notes["List"]["bodyMarkdown"] == "- [x] milk\n- [ ] bread"
    assert (notes["List"]["tags"], notes["List"]["isPinned"]) == (["home"], True)
    assert notes["List"]["createdAt"] == "2020-09-13T12:26:40.000Z"
    assert notes["A first line"]["isArchived"]
    assert "a.jpg" in notes["A first line"]["bodyMarkdown"]
    assert "Keep/a.jpg Attachments do not come along" in told
    assert "Old.json It is in Keep's trash" in told
    assert "2 here already" in await bring(mara, "takeout.zip", zipped(files))


TODOIST = """TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE
task,Buy paint @shop,"two tins
white",1,1,Mara (1),,2026-12-01,en,Europe/Lisbon
note,remember the brush,,,,,,,,
task,Measure the wall,,4,2,Mara (1),Ines (2),2026-12-02 17:00,en,Europe/Lisbon
task,Sand it,,4,3,Mara (1),,,en,Europe/Lisbon
section,Kitchen,,,,,,,,
task,Water plants,,3,1,Mara (1),,every 2 weeks,en,Europe/Lisbon
task,Water plants,,,1,Mara (1),,jeden Montag,de,Europe/Lisbon
meta,view_style=list,,,,,,,,
"""


async def test_todoist(people: People) -> None:
    mara = await people()
    await mara.put("/api/settings", {"timezone": "Europe/Lisbon"})
    told = await bring(mara, "Home.csv", TODOIST.encode("utf-8-sig"))
    projects = await by_title(mara, "projects")
    assert set(projects) == {"Home", "Home: Kitchen"}
    found = await records(mara, "tasks")
    tasks = {task["title"]: task for task in found}
    paint, wall, sand = tasks["Buy paint @shop"], tasks["Measure the wall"], tasks["Sand it"]
    assert paint["userNotes"] == "two tins\nwhite\n\nComment: remember the brush"
    assert (paint["priority"], paint["dueDate"]) == ("urgent", "2026-12-01T23:59:00.000Z")
    assert (wall["parentTaskId"], sand["parentTaskId"]) == (paint["id"], wall["id"])
    assert (wall["dueDate"], wall["priority"]) == ("2026-12-02T17:00:00.000Z", "low")
    assert "Assigned to: Ines (2)" in wall["userNotes"]
    assert sand["projectId"] == projects["Home"]["id"]
    plants = [task for task in found if task["title"] == "Water plants"]
    assert {task["projectId"] for task in plants} == {projects["Home: Kitchen"]["id"]}
    assert {(task["recurrenceRule"], task["userNotes"]) for task in plants} == {
        ("custom", ""),
        ("none", "Date in Todoist: jeden Montag"),
    }
    assert "5 new" in told
    assert "line 10 It is no task, section or comment" in told
    again = await bring(mara, "Home.csv", TODOIST.encode())
    assert "5 here already" in again


TICKTICK = """"Date: 2026-03-07+0000"
"Version: 7.1"
"Status: 
0 Normal
1 Completed
2 Archived"
"Folder Name","List Name","Title","Kind","Tags","Content","Is Check list","Start Date","Due Date","Reminder","Repeat",\
"Priority","Status","Created Time","Completed Time","Order","Timezone","Is All Day","taskId","parentId"
"Work","Roof","Sub","TEXT","","","N","","","","","0","0","2026-01-02T10:00:00+0000","","1","Europe/Berlin","","2","1"
"Work","Roof","Call","TEXT","a, b","Text","N","","2026-03-07T23:00:00+0000","","RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",\
"5","0","2026-01-02T10:00:00+0000","","1","Europe/Berlin","true","1",""
"","Inbox","Shop","CHECKLIST","","\u25abmilk
\u25aabread","Y","","","","RRULE:FREQ=HOURLY","0","1","2026-01-02T10:00:00+0000","2026-01-03T10:00:00+0000","1","","","3",""
"""  # noqa: W291  as the program writes it


async def test_ticktick(people: People) -> None:
    mara = await people()
    told = await bring(mara, "TickTick-backup.csv", TICKTICK.encode())
    tasks = await by_title(mara, "tasks")
    assert set(tasks) == {"Sub", "Call", "Shop", "milk", "bread"}
    call = tasks["Call"]
    assert (call["priority"], call["dueDate"]) == ("high", "2026-03-08T23:59:00.000Z")
    assert (call["recurrenceRule"], call["rrule"]) == ("custom", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO")
    assert call["userNotes"] == "Text\n\nTags: a, b"
    assert call["createdAt"] == "2026-01-02T10:00:00.000Z"
    assert tasks["Sub"]["parentTaskId"] == call["id"]
    assert tasks["milk"]["parentTaskId"] == tasks["bread"]["parentTaskId"] == tasks["Shop"]["id"]
    assert (tasks["milk"]["status"], tasks["bread"]["status"], tasks["Shop"]["status"]) == (
        "pending", "completed", "completed",
    )  # fmt: skip
    assert tasks["Shop"]["userNotes"] == "Repeats in TickTick: RRULE:FREQ=HOURLY"
    assert "Shop How it repeats stands in its notes" in told
    projects = await by_title(mara, "projects")
    assert projects["Roof"]["description"] == "Folder in TickTick: Work"
    assert "5 here already" in await bring(mara, "TickTick-backup.csv", TICKTICK.encode())
