"""A client of the first backend: its calls, in its order, with the shapes that it reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


async def test_a_session_of_the_first_app(client: httpx.AsyncClient) -> None:
    credentials = {"username": "mara", "password": "correct horse"}
    registered = await client.post("/api/auth/register", json=credentials)
    assert registered.status_code == 201
    assert set(registered.json()) == {"token", "user"}
    assert set(registered.json()["user"]) == {"id", "username"}
    assert (await client.post("/api/auth/register", json=credentials)).status_code == 409
    signed_in = await client.post("/api/auth/login", json=credentials)
    assert signed_in.status_code == 200
    assert signed_in.json()["user"] == registered.json()["user"]
    headers = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    me = await client.get("/api/auth/me", headers=headers)
    assert me.json() == registered.json()["user"]

    for name, fields in (
        ("notes", {"title": "First", "bodyMarkdown": "text", "tags": ["a"]}),
        ("tasks", {"title": "First", "priority": "high", "dueDate": None, "aiNotes": []}),
        ("projects", {"name": "First", "description": ""}),
    ):
        path = f"/api/{name}"
        assert (await client.get(path, headers=headers)).json() == []
        made = await client.post(path, json=fields, headers=headers)
        assert made.status_code == 201
        record = made.json()
        assert UUID.match(record["id"])
        assert INSTANT.match(record["createdAt"])
        assert INSTANT.match(record["updatedAt"])
        assert {key: record[key] for key in fields} == fields
        assert (await client.get(path, headers=headers)).json() == [record]
        # The first client sends a record back whole, with what it had read and changed.
        first = next(iter(fields))
        changed = await client.put(f"{path}/{record['id']}", json={**record, first: "Second"}, headers=headers)
        assert changed.status_code == 200
        assert changed.json()[first] == "Second"
        assert (await client.delete(f"{path}/{record['id']}", headers=headers)).status_code == 204
        gone = await client.get(f"{path}/{record['id']}", headers=headers)
        assert gone.status_code == 404
        assert isinstance(gone.json()["message"], str)

    settings = (await client.get("/api/settings", headers=headers)).json()
    saved = await client.put("/api/settings", json={**settings, "darkMode": False}, headers=headers)
    assert saved.json()["darkMode"] is False

    assert (await client.get("/status")).json()["status"] == "ok"
    out = await client.post("/api/auth/logout", headers=headers)
    assert set(out.json()) == {"message"}
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 401
    wrong = await client.post("/api/auth/login", json={**credentials, "password": "wrong horse"})
    unknown = await client.post("/api/auth/login", json={**credentials, "username": "nobody"})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json() == unknown.json()
