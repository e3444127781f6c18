"""The texts of an event, a to-do or a journal entry. What has no field here stands below the description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.modules.calendar.meetings import meeting_link
from aios.records.text import normalise, trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aios.modules.calendar.ics.properties import Properties, Property

MOST_TITLE = 200
MOST_DESCRIPTION = 5_000
MOST_LOCATION = 500
MOST_NAMED = 200
"""People, words or files of one kind that are named."""
UNTITLED = "Untitled"
MEETINGS = (
    "X-GOOGLE-CONFERENCE",
    "CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-ZOOM-JOIN-URL",
    "URL",
    "LOCATION",
    "DESCRIPTION",
)
_SAID = (("CONTACT", "Contact"), ("COMMENT", "Comment"), ("RESOURCES", "Resources"), ("GEO", "Place"))


def title_of(properties: Properties) -> str:
    """What it is called, on one line."""
    found = properties.first("SUMMARY")
    return trim(found.line) if found and trim(found.line) else UNTITLED


def short_title(title: str) -> str:
    """As much of it as a title may have."""
    return title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1].rstrip() + "…"


def meeting_of(properties: Properties, names: tuple[str, ...] = MEETINGS) -> str | None:
    """The meeting that it leads to, wherever among these properties it stands."""
    return next((link for each in properties.all(*names) if (link := meeting_link(each.text))), None)


def description_of(properties: Properties, title: str, meeting: str | None) -> str:
    """The description, all of a title or place that is too long above it, and what has no field below it."""
    place = properties.text("LOCATION")
    above = [title] if len(title) > MOST_TITLE else []
    above += [f"Location: {place}"] if len(place) > MOST_LOCATION else []
    text = normalise(properties.text("DESCRIPTION")).strip("\n")
    below = [line for line in _lines(properties, meeting) if line not in text]
    return "\n\n".join(part for part in (*above, text, "\n".join(below)) if part)


def location_of(properties: Properties) -> str:
    """The place."""
    place = trim(properties.text("LOCATION"))
    return place if len(place) <= MOST_LOCATION else place[: MOST_LOCATION - 1].rstrip() + "…"


def _lines(properties: Properties, meeting: str | None) -> Iterator[str]:
    organizer = properties.first("ORGANIZER")
    if organizer:
        yield f"Organizer: {_person(organizer)}"
    people = [_person(each) for each in properties.all("ATTENDEE")]
    if people:
        yield f"With: {_named(people)}"
    words = [word.strip() for each in properties.all("CATEGORIES") for word in each.line.split(",") if word.strip()]
    if words:
        yield f"Categories: {_named(list(dict.fromkeys(words)))}"
    urls = properties.all("URL")[:MOST_NAMED]
    yield from (each.line for each in urls if each.line and meeting_link(each.text) != meeting)
    for name, label in _SAID:
        yield from (f"{label}: {each.line}" for each in properties.all(name)[:MOST_NAMED] if each.line)
    files = [each.line for each in properties.all("ATTACH") if "://" in each.line[:20]]
    if files:
        yield f"Attached: {_named(files)}"
    if properties.word("STATUS") == "TENTATIVE":
        yield "Not certain yet"


def _person(found: Property) -> str:
    """A name and an address, as far as they are given."""
    address = found.line.removeprefix("MAILTO:").removeprefix("mailto:")
    name = " ".join(found.params.get("CN", "").split())
    if not name or name == address:
        return address or name
    return f"{name} <{address}>" if address else name


def _named(found: list[str]) -> str:
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
