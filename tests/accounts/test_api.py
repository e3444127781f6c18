"""The calls of the first backend, through the whole front, on both databases."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter

import jwt
import pytest

from aios.database import Sql, Statement
from aios.records.ids import is_id
from aios.settings import Rate

MARA = {"username": "Mara", "password": "correct horse"}
OFF = Rate(0, 1)


async def rows(database, sql, *params):
    return await database.fetch(Statement(Sql(sql), params))


async def login(client, password=MARA["password"], username="mara"):
    return await client.post("/api/auth/login", json={"username": username, "password": password})


async def test_register_answers_a_token_and_the_person(server):
    async with server.client() as client:
        answer = await client.post("/api/auth/register", json={"username": " Mara ", "password": "correct horse"})
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"token", "user"}
    assert body["user"].keys() == {"id", "username"}
    assert body["user"]["username"] == "Mara"
    assert is_id(body["user"]["id"])
    claims = jwt.decode(body["token"], server.settings.jwt_secret, algorithms=["HS256"])
    assert claims["exp"] - claims["iat"] == 7 * 86_400
    assert answer.headers["cache-control"].startswith("no-store")
    head = "SELECT epoch, rev, floor_rev FROM sync_head WHERE space_id = ?"
    ((epoch, rev, floor_rev),) = await rows(server.database, head, body["user"]["id"])
    assert (len(epoch), rev, floor_rev) == (8, 0, 0)


async def test_a_token_opens_me(server, mara):
    async with server.client(token=mara["token"]) as client:
        answer = await client.get("/api/auth/me")
    assert (answer.status_code, answer.json()) == (200, mara["user"])


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic bWFyYTp4"])
async def test_without_a_token_nobody_is_signed_in(server, authorization):
    async with server.client(**({"authorization": authorization} if authorization else {})) as client:
        answer = await client.get("/api/auth/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["message"]) == (401, body["detail"])


async def test_login_answers_the_same_shape(server, mara):
    async with server.client() as client:
        answer = await login(client, username="  MÁRA ")
    assert answer.status_code == 200
    assert answer.json()["user"] == mara["user"]
    async with server.client(token=answer.json()["token"]) as client:
        assert (await client.get("/api/auth/me")).json() == mara["user"]


async def test_logging_out_ends_the_session_for_real(server, mara):
    async with server.client() as client:
        other = (await login(client)).json()["token"]
    async with server.client(token=mara["token"]) as client:
        answer = await client.post("/api/auth/logout")
        assert (answer.status_code, list(answer.json())) == (200, ["message"])
        assert (await client.get("/api/auth/me")).status_code == 401
        assert (await client.post("/api/auth/logout")).status_code == 401
    async with server.client(token=other) as client:
        assert (await client.get("/api/auth/me")).status_code == 200


async def test_a_token_of_another_secret_is_refused(serve, mara):
    async with serve(jwt_secret="another secret, just as long as ours is").client(token=mara["token"]) as client:
        assert (await client.get("/api/auth/me")).status_code == 401


async def test_a_session_ends_with_its_device_row(server, mara):
    await server.database.run(_steps("UPDATE device SET expires_at = ?", 1))
    async with server.client(token=mara["token"]) as client:
        assert (await client.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", ["username", "password"]),
        (b"{}", ["username", "password"]),
        (b'{"username": 5, "password": null}', ["username", "password"]),
        (b'{"username": "ab", "password": "short"}', ["username", "password"]),
        (b'{"username": "Mara"}', ["password"]),
        (b"[]", []),
        (b'"Mara"', []),
        (b"{", []),
        (b"\xff", []),
        (b'{"username": "\\ud800abc", "password": "correct horse"}', []),
    ],
)
async def test_a_wrong_body_is_a_400_that_names_every_field(server, body, fields):
    async with server.client() as client:
        answer = await client.post("/api/auth/register", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert all(error["message"] for error in answer.json()["errors"])


async def test_login_names_missing_fields_too(server):
    async with server.client() as client:
        answer = await client.post("/api/auth/login", json={"username": None})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["username", "password"]


@pytest.mark.usefixtures("mara")
@pytest.mark.parametrize("username", ["Mara", "MARA", " mára "])
async def test_a_taken_name_is_a_409(server, username):
    async with server.client() as client:
        answer = await client.post("/api/auth/register", json={"username": username, "password": "correct horse"})
    assert answer.status_code == 409


async def test_two_who_want_one_name_at_once(serve):
    server = serve(register_limit=OFF)
    async with server.client() as client:
        answers = await asyncio.gather(*(client.post("/api/auth/register", json=MARA) for _ in range(6)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert len(await rows(server.database, "SELECT id FROM account")) == 1
    assert len(await rows(server.database, "SELECT space_id FROM sync_head")) == 1
    assert len(await rows(server.database, "SELECT id FROM device")) == 1


@pytest.mark.usefixtures("mara")
@pytest.mark.parametrize("username", ["nobody", "ma\x00ra", "\U0001f40e", "x" * 5000])
async def test_unknown_names_and_wrong_passwords_are_answered_alike(server, username):
    async with server.client() as client:
        wrong = await login(client, "wrong password")
    async with server.client("203.0.113.77") as client:
        unknown = await login(client, "wrong password", username)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.content == unknown.content
    volatile = {"x-request-id"}
    assert {k: v for k, v in wrong.headers.items() if k not in volatile} == {
        k: v for k, v in unknown.headers.items() if k not in volatile
    }


@pytest.mark.usefixtures("mara")
async def test_unknown_names_take_as_long(serve):
    server = serve(login_limit=OFF)
    took = {"mara": [], "nobody": []}
    async with server.client() as client:
        for _ in range(9):
            for username, times in took.items():
                start = time.perf_counter()
                await login(client, "wrong password", username)
                times.append(time.perf_counter() - start)
    ratio = statistics.median(took["nobody"]) / statistics.median(took["mara"])
    assert 0.4 < ratio < 2.5, ratio  # without a hash it is below 0.1


@pytest.mark.usefixtures("mara")
async def test_five_wrong_passwords_close_an_address(server):
    async with server.client() as client:
        for number in range(5):
            answer = await login(client, "wrong password", f"nobody{number}")
            assert answer.status_code == 401
            assert answer.headers["ratelimit-limit"] == "5"
            assert answer.headers["ratelimit-remaining"] == str(4 - number)
            assert 0 < int(answer.headers["ratelimit-reset"]) <= 900
        answer = await login(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert answer.headers["ratelimit-remaining"] == "0"
    async with server.client("203.0.113.77") as client:
        assert (await login(client)).status_code == 200


@pytest.mark.usefixtures("mara")
@pytest.mark.parametrize("username", ["mara", "nobody"])
async def test_five_wrong_passwords_close_a_name_whether_it_exists_or_not(server, username):
    for number in range(5):
        async with server.client(f"203.0.113.{number}") as client:
            assert (await login(client, "wrong password", username)).status_code == 401
    async with server.client("203.0.113.77") as client:
        assert (await login(client, username=username)).status_code == 429


@pytest.mark.usefixtures("mara")
async def test_twenty_wrong_passwords_at_once_are_five_attempts(server):
    async with server.client() as client:
        answers = await asyncio.gather(*(login(client, "wrong password") for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 15}


@pytest.mark.usefixtures("mara")
async def test_twenty_wrong_passwords_at_two_processes_are_five_attempts(serve):
    async with serve().client() as one, serve().client() as two:
        answers = await asyncio.gather(*(login(client, "wrong password") for client in [one, two] * 10))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 15}


@pytest.mark.usefixtures("mara")
async def test_right_passwords_are_no_attempts(server):
    async with server.client() as client:
        answers = [await login(client) for _ in range(7)]
        answers += await asyncio.gather(*(login(client) for _ in range(12)))
    assert Counter(answer.status_code for answer in answers) == {200: 19}
    assert {answer.headers["ratelimit-remaining"] for answer in answers[:7]} == {"5"}
    counted = await rows(server.database, "SELECT count FROM rate_count WHERE key LIKE 'login%'")
    assert [row[0] for row in counted] == [0, 0]


@pytest.mark.usefixtures("mara")
async def test_the_limit_can_be_switched_off(serve):
    async with serve(login_limit=OFF).client() as client:
        answers = [await login(client, "wrong password") for _ in range(7)]
    assert {answer.status_code for answer in answers} == {401}
    assert "ratelimit-limit" not in answers[0].headers


async def test_an_address_makes_three_accounts_an_hour(server):
    async with server.client() as client:

        async def make(username):
            return await client.post("/api/auth/register", json={"username": username, "password": "correct horse"})

        assert [(await make(f"mara{number}")).status_code for number in range(3)] == [201] * 3
        answer = await make("mara4")
        assert answer.status_code == 429
        assert 3500 < int(answer.headers["retry-after"]) <= 3600
    async with server.client("203.0.113.77") as client:
        assert (await make("mara4")).status_code == 201


@pytest.mark.usefixtures("mara")
async def test_refused_registrations_do_not_count(server):
    async with server.client() as client:
        for body in (MARA, {"username": "x"}, MARA, {}, MARA):
            assert (await client.post("/api/auth/register", json=body)).status_code in {400, 409}
        assert (await client.post("/api/auth/register", json={**MARA, "username": "other"})).status_code == 201


@pytest.mark.usefixtures("mara")
async def test_behind_a_trusted_proxy_each_person_has_an_address(serve):
    server = serve(trusted_proxies=("10.0.0.1",))
    async with server.client("10.0.0.1") as client:
        for number in range(5):
            stranger = {"x-forwarded-for": f"1.2.3.{number}, 203.0.113.1"}
            body = {"username": f"nobody{number}", "password": "wrong password"}
            assert (await client.post("/api/auth/login", json=body, headers=stranger)).status_code == 401
        assert (await client.post("/api/auth/login", json=MARA, headers=stranger)).status_code == 429
        other = {"x-forwarded-for": "203.0.113.2"}
        assert (await client.post("/api/auth/login", json=MARA, headers=other)).status_code == 200


async def test_an_old_hash_is_made_anew_at_sign_in(server, mara):
    from argon2 import PasswordHasher  # noqa: PLC0415  only to make an old one

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")
    await server.database.run(_steps("UPDATE account SET password_hash = ?", old))
    async with server.client() as client:
        assert (await login(client)).status_code == 200
        new = (await rows(server.database, "SELECT password_hash FROM account WHERE id = ?", mara["user"]["id"]))[0][0]
        assert "m=19456,t=2,p=1" in new
        assert (await login(client)).status_code == 200


def _steps(sql, *params):
    yield Statement(Sql(sql), params)
