"""Putting old records of any module aside, and taking that back. Which there are, modules declare themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.modules import Submission
from aios.modules.forms import value
from aios.records.clock import from_wire
from aios.records.mutation import Mutation

if TYPE_CHECKING:
    from collections.abc import Callable

    from aios.modules.forms import Form
    from aios.records.collection import Document
    from aios.records.query import Documents, Query

DAYS = {"90": "3 months", "180": "6 months", "365": "a year", "730": "2 years"}
DAY_MS = 86_400_000
TOGETHER_MS = 5_000
"""What was put aside by one press has been changed within so long."""


def put_aside(documents: Documents, form: Form, query: Query) -> Submission:
    """Put aside what was last changed before so many days."""
    of, days = value(form, "of"), value(form, "days")
    if days not in DAYS or not any(name.startswith(f"living/{of}/") for name in documents):
        return Submission(location="/storage")
    now = from_wire(query.now)
    before = now - int(days) * DAY_MS
    mutations = _set(documents, "living", of, lambda at: at < before, aside=True)
    return Submission(mutations=mutations, location=f"/storage?archived={len(mutations)}&of={of}&at={now}")


def take_back(documents: Documents, _: Form, query: Query) -> Submission:
    """Take back what was put aside at an instant, in ms."""
    given = query.get("at")
    at = int(given) if given.isascii() and given.isdecimal() else 0
    mutations = _set(documents, "aside", query.get("of"), lambda each: at <= each <= at + TOGETHER_MS, aside=False)
    return Submission(mutations=mutations, location="/storage")


def nothing_here(_: Documents, __: Form, ___: Query) -> Submission:
    """Keep nothing: there is no copy to choose for. The page of storage says what one needs."""
    return Submission(location="/storage")


def _set(
    documents: Documents, state: str, of: str, fits: Callable[[int], bool], *, aside: bool
) -> tuple[Mutation, ...]:
    mutations: list[Mutation] = []
    for name, found in documents.items():
        if not name.startswith(f"{state}/{of}/"):
            continue
        rows: list[Document] = found
        fields: dict[str, Any] = {name.rpartition("/")[2]: aside}
        mutations += [
            Mutation(op="update", collection=of, id=each["id"], fields=fields)
            for each in rows
            if fits(from_wire(each["updatedAt"]))
        ]
    return tuple(mutations)
