"""Sending files to the page and reading what it tells, as a browser without script does."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.people import Person

PATH = "/settings/import"
_TAGS = re.compile(r"<svg.*?</svg>|<[^>]*>", re.DOTALL)


class Told:
    """The page of an import that has ended, as text."""

    def __init__(self, path: str, html: str) -> None:
        self.path = path
        self.text = " ".join(unescape(_TAGS.sub(" ", html.partition('id="progress"')[2])).split())

    def __contains__(self, words: str) -> bool:
        return words in self.text


async def bring(person: Person, name: str, body: bytes) -> Told:
    """Send a file, wait for the job, and give what the page says in the end."""
    answer = await person.request("POST", PATH, files={"file": (name, body)})
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    for _ in range(600):
        shown = await person.get(path)
        assert shown.status_code == 200, shown.text
        if "Coming in" not in shown.text:
            return Told(path, shown.text)
        await asyncio.sleep(0.02)
    pytest.fail("the import does not end")


async def records(person: Person, collection: str = "notes") -> list[dict[str, Any]]:
    """All records of a collection."""
    found: list[dict[str, Any]] = (await person.get(f"/api/{collection}?sort=createdAt")).json()
    return found


async def by_title(person: Person, collection: str = "notes") -> dict[str, dict[str, Any]]:
    """The records of a collection by title or name; each has one of its own."""
    found = await records(person, collection)
    named = {each.get("title") or each["name"]: each for each in found}
    assert len(named) == len(found)
    return named


async def taken_along(person: Person) -> bytes:
    """The export, as the button gives it."""
    answer = await person.get("/settings/export.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def zipped(files: dict[str, bytes | str]) -> bytes:
    """A zip of these files."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return kept.getvalue()
