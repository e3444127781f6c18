"""Nobody ever sees, or changes, what is another person's: every route, taken from the registry and the app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from aios.accounts.cookies import SESSION_COOKIE
from aios.modules import discover

if TYPE_CHECKING:
    import httpx

    from tests.people import People, Person

REGISTRY = discover()
COLLECTIONS = [each for each in REGISTRY.collections.values() if not each.single]
SECRET = "quetzalcoatlus"


def fields_of(name: str) -> dict[str, Any]:
    """A record whose every long text holds the secret word."""
    collection = REGISTRY.collections[name]
    writable = {key: value for key, value in collection.example.items() if collection.fields[key].writable}
    texts = [key for key in ("title", "name") if key in writable]
    return {**{key: value for key, value in writable.items() if not key.endswith(("Id", "Ids"))}, texts[0]: SECRET}


async def cookie(client: httpx.AsyncClient, username: str) -> dict[str, str]:
    """Sign up in a browser; gives the cookie header."""
    form = {"username": username, "password": "a long quiet sentence"}
    answer = await client.post("/sign-up", data=form, headers={"origin": "http://aios.test"})
    assert answer.status_code == 303, answer.text
    client.cookies.clear()
    return {
        "cookie": f"{SESSION_COOKIE}={answer.cookies[SESSION_COOKIE]}",
        "origin": "http://aios.test",
        "accept": "text/html",
    }


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda each: each.name)
async def test_rest(people: People, collection: Any) -> None:
    mara, ines = await people(), await people()
    made = (await mara.post(f"/api/{collection.name}", fields_of(collection.name))).json()
    path = f"/api/{collection.name}/{made['id']}"
    assert (await ines.get(f"/api/{collection.name}")).json() == []
    for method, body in (("GET", None), ("PUT", {}), ("PATCH", {}), ("DELETE", None)):
        answer = await ines.request(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code == 404, method
        assert SECRET not in answer.text
    same_id = await ines.post(f"/api/{collection.name}", {**fields_of(collection.name), "id": made["id"]})
    assert same_id.status_code == 201, "an id says nothing about other spaces"
    assert (await mara.get(path)).json() == made


async def test_every_page_and_every_form(client: httpx.AsyncClient, people: People) -> None:
    mara = await people()
    ids: dict[str, str] = {}
    for collection in COLLECTIONS:
        ids[collection.name] = (await mara.post(f"/api/{collection.name}", fields_of(collection.name))).json()["id"]
    before = await everything(mara)
    ines = await cookie(client, "ines")
    for module in REGISTRY.modules.values():
        for page in module.pages:
            for record_id in ids.values():
                answer = await client.get(re.sub(r"\{\w+\}", record_id, page.path), headers=ines)
                assert answer.status_code in ({404} if page.needs else {200}), page.path
                assert SECRET not in answer.text, page.path
        for action in module.actions:
            if "{" not in action.path:
                continue
            for record_id in ids.values():
                form = {"_method": action.method, "title": "mine", "name": "mine", "bodyMarkdown": "mine"}
                answer = await client.post(re.sub(r"\{\w+\}", record_id, action.path), data=form, headers=ines)
                assert answer.status_code < 500, action.path
                assert SECRET not in answer.text, action.path
    assert await everything(mara) == before


async def test_nothing_is_given_without_signing_in(client: httpx.AsyncClient) -> None:
    for module in REGISTRY.modules.values():
        for page in module.pages:
            answer = await client.get(page.path, headers={"accept": "text/html"})
            assert answer.status_code == 303, page.path
            assert answer.headers["location"].startswith("/sign-in?next="), page.path
    for collection in REGISTRY.collections.values():
        for method in ("GET", "POST", "PUT"):
            assert (await client.request(method, f"/api/{collection.name}")).status_code == 401


async def test_a_page_remembered_for_one_person_is_not_given_to_another(client: httpx.AsyncClient) -> None:
    first, second = await cookie(client, "first"), await cookie(client, "second")
    for _ in range(3):
        mine, theirs = await client.get("/settings", headers=first), await client.get("/settings", headers=second)
        assert "first" in mine.text
        assert "first" not in theirs.text
        assert mine.headers["etag"] != theirs.headers["etag"]
        crossed = await client.get("/settings", headers={**second, "if-none-match": mine.headers["etag"]})
        assert crossed.status_code == 200


async def everything(person: Person) -> dict[str, Any]:
    """All records of a person."""
    return {name: (await person.get(f"/api/{name}")).json() for name in REGISTRY.collections}
