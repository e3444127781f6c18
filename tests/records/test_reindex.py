"""A release that declares another index finds the records that were there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aios.database import Sql, Statement
from aios.jobs import Runner, core_jobs
from aios.records.reindex import reindex_kind

if TYPE_CHECKING:
    from aios.database import Database
    from aios.modules import Registry
    from tests.people import People


async def test_keys_and_search_are_rebuilt_once(people: People, database: Database, registry: Registry) -> None:
    mara = await people()
    kept = (await mara.post("/api/notes", {"title": "Élan", "tags": ["work"], "bodyMarkdown": "beam"})).json()
    gone = (await mara.post("/api/notes", {"title": "Gone", "tags": ["work"]})).json()
    await mara.delete(f"/api/notes/{gone['id']}")

    def spoil():
        yield Statement(Sql("DELETE FROM record_key WHERE name <> 'created'"))
        yield Statement(Sql("UPDATE record SET search = ''"))
        yield Statement(Sql("DELETE FROM job"))

    await database.run(spoil())
    await mara.put("/api/settings", {"aiName": "Ada"})
    assert (await mara.get("/api/notes?tag=work")).json() == []
    kind = reindex_kind(registry)
    runner = Runner(database, {kind.name: kind})
    await runner.seed()
    await runner.seed()
    jobs = await database.fetch(Statement(Sql("SELECT count(*) FROM job WHERE kind = 'records.reindex'")))
    assert jobs[0][0] == 1
    await kind.run(database, {})
    await mara.put("/api/settings", {"aiName": "Eve"})
    for query in ("tag=work", "q=beam", "q=elan", "sort=title"):
        assert [note["id"] for note in (await mara.get(f"/api/notes?{query}")).json()] == [kept["id"]], query
    assert "records.reindex" in core_jobs(registry)
