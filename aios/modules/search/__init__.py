"""Search: one field over everything that was written, and the commands of all modules."""

from aios.modules import Key, Module, Page
from aios.modules.search.views import LIMIT, show
from aios.records.query import Param, Read

_WORDS = Param("q")

module = Module(
    name="search",
    title="Search",
    icon="search",
    order=5,
    summary="Everything that was written, in one place.",
    listed=False,
    keys=(Key(keys="↓ ↑", label="Move among what was found"), Key(keys="Enter", label="Open the first of it")),
    pages=(
        Page(
            path="/search",
            template="search/search.html",
            view=show,
            params=("q", "in", "page"),
            fragment="hits",
            wants=("kinds", "commands"),
            reads={
                "found": Read(collection="", search=_WORDS, within=Param("@in"), limit=LIMIT, page="page"),
                "counts": Read(collection="", search=_WORDS, group=True),
            },
        ),
    ),
)
