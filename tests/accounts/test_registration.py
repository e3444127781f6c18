"""The first account owns the server; who else may come in; who may not any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.commands import Command
from tests.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

ORIGIN = {"origin": "http://aios.test"}


async def register(client: httpx.AsyncClient, name: str, **more: Any) -> httpx.Response:
    return await client.post("/api/auth/register", json={"username": name, "password": PASSWORD, **more})


def standing(environment: dict[str, str]) -> dict[str, str]:
    lines = Command(environment)("user", "list").stdout.splitlines()
    return {line.split("\t")[0]: line.split("\t")[4] for line in lines}


async def test_the_first_is_the_owner_even_where_registration_is_closed(
    start: Callable[..., Awaitable[httpx.AsyncClient]], environment: dict[str, str]
) -> None:
    client = await start(registration="closed")
    first = await asyncio.gather(*(register(client, f"person{number}") for number in range(4)))
    assert sorted(answer.status_code for answer in first) == [201, 403, 403, 403]
    refused = await register(client, "late")
    assert refused.status_code == 403
    assert "switched off" in refused.json()["detail"]
    assert list(standing(environment).values()) == ["owner"]
    page = await client.get("/sign-in")
    assert "/sign-up" not in page.text
    form = {"username": "late", "password": PASSWORD}
    tried = await client.post("/sign-up", data=form, headers=ORIGIN)
    assert tried.status_code == 403
    assert "switched off" in tried.text


async def test_an_invitation_lets_one_person_in(
    start: Callable[..., Awaitable[httpx.AsyncClient]], environment: dict[str, str]
) -> None:
    client = await start(registration="invitation")
    owner = (await register(client, "mara")).json()["token"]
    assert (await register(client, "rui")).status_code == 403
    made = await client.post(
        "/settings/account/invitations", headers={"authorization": f"Bearer {owner}", "accept": "text/html"}
    )
    token = made.text.partition("/sign-up?invitation=")[2].partition("<")[0]
    assert len(token) == 43
    page = await client.get("/sign-up", params={"invitation": token})
    assert f'value="{token}"' in page.text
    form = {"username": "rui", "password": PASSWORD, "invitation": token}
    came = await client.post("/sign-up", data=form, headers=ORIGIN)
    assert came.status_code == 303
    client.cookies.clear()
    again = await register(client, "ines", invitation=token)
    assert again.status_code == 403
    assert "not valid any more" in again.json()["detail"]
    assert standing(environment) == {"mara": "owner", "rui": "member"}
    rui = (await client.post("/api/auth/login", json={"username": "rui", "password": PASSWORD})).json()["token"]
    refused = await client.post("/settings/account/invitations", headers={"authorization": f"Bearer {rui}"})
    assert refused.status_code == 403
    link = Command(environment)("user", "invite", AIOS_PUBLIC_URL="https://aios.example").stdout.strip()
    assert link.startswith("https://aios.example/sign-up?invitation=")
    assert (await register(client, "ines", invitation=link.rpartition("=")[2])).status_code == 201


async def test_one_link_used_by_two_at_once_lets_one_in(start: Callable[..., Awaitable[httpx.AsyncClient]]) -> None:
    client = await start(registration="invitation")
    owner = (await register(client, "mara")).json()["token"]
    made = await client.post("/settings/account/invitations", headers={"authorization": f"Bearer {owner}"})
    token = made.text.partition("/sign-up?invitation=")[2].partition("<")[0]
    both = await asyncio.gather(*(register(client, name, invitation=token) for name in ("rui", "ines")))
    assert sorted(answer.status_code for answer in both) == [201, 403]


async def test_who_is_disabled_is_out_at_once_and_comes_back_with_everything(
    start: Callable[..., Awaitable[httpx.AsyncClient]], environment: dict[str, str]
) -> None:
    client, aios = await start(), Command(environment)
    await register(client, "mara")
    mine = {"authorization": f"Bearer {(await register(client, 'rui')).json()['token']}"}
    await client.post("/api/notes", headers=mine, json={"title": "kept"})
    assert aios("user", "disable", "rui").stdout == "rui is signed out everywhere and cannot sign in.\n"
    assert standing(environment)["rui"] == "member, disabled"
    assert (await client.get("/api/notes", headers=mine)).status_code == 401
    login = {"username": "rui", "password": PASSWORD}
    refused = await client.post("/api/auth/login", json=login)
    assert refused.status_code == 403
    assert "switched off" in refused.json()["detail"]
    wrong = await client.post("/api/auth/login", json={**login, "password": "another long sentence"})
    assert wrong.status_code == 401  # nobody learns it who does not know the password
    assert aios("user", "enable", "rui").returncode == 0
    assert aios("user", "promote", "rui").stdout == "rui is an owner of this server.\n"
    assert standing(environment)["rui"] == "owner"
    mine = {"authorization": f"Bearer {(await client.post('/api/auth/login', json=login)).json()['token']}"}
    assert [note["title"] for note in (await client.get("/api/notes", headers=mine)).json()] == ["kept"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_wrong_setting_is_named(environment: dict[str, str]) -> None:
    done = Command(environment)("user", "list", AIOS_REGISTRATION="friends")
    assert done.returncode == 2
    assert "AIOS_REGISTRATION='friends' must be open, closed or invitation." in done.stderr
