"""The calls of sync as one device of a person makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aios.records.clock import now_ms
from aios.records.ids import new_id

if TYPE_CHECKING:
    import httpx

    from tests.people import Person


class Calls:
    """Pushes mutations with growing numbers, and pulls."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.client = new_id()
        self.mid = 0

    def mutation(self, op: str, record_id: str, collection: str = "notes", **more: Any) -> dict[str, Any]:
        """The next entry of the outbox; keywords are members of the mutation, or else fields."""
        self.mid += 1
        members = {name: more.pop(name) for name in ("ms", "baseRev", "bases", "mid") if name in more}
        fields = {"fields": more} if more else {}
        return {"mid": self.mid, "op": op, "collection": collection, "id": record_id, **fields, **members}

    def body(self, *mutations: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The body of a push."""
        return {
            "account": self.person.id,
            "client": self.client,
            "epoch": None,
            "schema": 1,
            "now": now_ms(),
            "mutations": list(mutations),
            **more,
        }

    async def push(self, *mutations: dict[str, Any], **more: Any) -> httpx.Response:
        """Push them."""
        return await self.person.post("/api/sync/push", self.body(*mutations, **more))

    async def done(self, *mutations: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Push them; every one takes effect."""
        answer = await self.push(*mutations, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejects"] == []
        given: dict[str, Any] = answer.json()
        return given

    async def pull(self, **params: Any) -> httpx.Response:
        """Pull."""
        return await self.person.get(
            "/api/sync/pull", params={"account": self.person.id, "client": self.client, **params}
        )

    async def since(self, cursor: int, **params: Any) -> dict[str, Any]:
        """One page of what changed."""
        answer = await self.pull(cursor=cursor, **params)
        assert answer.status_code == 200, answer.text
        given: dict[str, Any] = answer.json()
        return given

    async def bootstrap(self, **params: Any) -> list[dict[str, Any]]:
        """The pages of the first sync."""
        pages: list[dict[str, Any]] = []
        echoed: dict[str, Any] = {}
        while not pages or pages[-1]["more"]:
            answer = await self.pull(**{**params, **echoed})
            assert answer.status_code == 200, answer.text
            pages.append(answer.json())
            echoed = {name: pages[-1][name] for name in ("boot", "before", "budgetLeft", "total") if name in pages[-1]}
            params.pop("budget", None)
        return pages


def records(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All records of some pages, in order."""
    return [record for page in pages for record in page["records"]]
