"""The outermost layer: headers, who asks, remembered answers, the log."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from aios.web.front import Answers, Remembered
from aios.web.log import Log

if TYPE_CHECKING:
    import httpx

    from tests.people import People

EVERYWHERE = ("content-security-policy", "referrer-policy", "x-content-type-options", "x-request-id")


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, people: People) -> None:
    mara = await people()
    html = {"accept": "text/html"}
    sheet = (await client.get("/sign-in", headers=html)).text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answers = [
        await client.get("/sign-in", headers=html),
        await client.get("/nothing", headers=html),
        await client.get("/", headers=html),
        await client.get(sheet),
        await client.get("/assets/nothing/at.all"),
        await client.get("/api/notes"),
        await mara.get("/api/notes"),
        await mara.get("/api/notes"),
        await mara.get("/"),
        await client.post("/sign-in", data={"username": "x"}, headers={"origin": "http://evil.test"}),
        await client.get("/manifest.webmanifest"),
    ]
    assert sorted({answer.status_code for answer in answers}) == [200, 303, 401, 403, 404]
    for answer in answers:
        assert [name for name in EVERYWHERE if name not in answer.headers] == [], answer.url
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        kept = answer.headers["cache-control"]
        assert kept == ("public, max-age=31536000, immutable" if answer.url.path == sheet else kept)
        assert answer.url.path == sheet or kept in {"private, no-cache", "no-store"}
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


async def test_a_revoked_token_gets_nothing_not_even_a_remembered_answer(people: People) -> None:
    mara = await people()
    await mara.post("/api/notes", {"title": "Mine"})
    for _ in range(3):
        assert (await mara.get("/api/notes")).status_code == 200
    await mara.post("/api/auth/logout", None)
    refused = await mara.get("/api/notes")
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked")
    for path in ("/api/auth/me", "/"):
        assert (await mara.get(path)).status_code in {401, 303}


async def test_pages_are_remembered_by_what_decides_their_bytes(people: People) -> None:
    mara = await people()
    first = await mara.get("/planner")
    again = await mara.get("/planner", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    partial = await mara.get("/planner", headers={"hx-request-type": "partial"})
    assert partial.headers["etag"] != first.headers["etag"]
    assert "<html" not in partial.text
    assert "<html" in first.text
    await mara.put("/api/settings", {"colorTheme": "pink"})
    changed = await mara.get("/planner", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
    assert 'data-accent="pink"' in changed.text


@pytest.mark.parametrize(
    ("method", "path", "reader"),
    [
        ("POST", "/api/notes", "aios.records.create.read_object"),
        ("PUT", "/api/settings", "aios.records.api.read_object"),
    ],
)
async def test_unexpected_failures_are_answered_and_logged_without_what_was_sent(  # noqa: PLR0913, PLR0917  fixtures and cases
    client: httpx.AsyncClient, people: People, monkeypatch: pytest.MonkeyPatch, method: str, path: str, reader: str
) -> None:
    mara = await people()
    secret = "the secret of the lake"
    written = io.BytesIO()
    front = client._transport.app
    log = Log(stream=written, access=False)
    log.know(front.log.words)
    front.log = front.app.state.log = log
    monkeypatch.setattr(reader, lambda _: 1 / 0)
    answer = await (mara.post if method == "POST" else mara.put)(f"{path}?q={secret}", {"title": secret})
    log.flush()
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("Something went wrong")
    line = json.loads(written.getvalue())
    assert (line["event"], line["error"], line["path"]) == ("failure", "ZeroDivisionError", path)
    assert line["id"] == answer.headers["x-request-id"]
    assert secret not in written.getvalue().decode()


async def test_the_log_has_a_line_a_request_and_no_query() -> None:
    written = io.BytesIO()
    log = Log(stream=written)
    log.request("1", "GET", "/api/notes", 200, 1.2345)
    log.request("2", "GET", "/", 304, 0.5)
    assert written.getvalue() == b""
    await asyncio.sleep(0.4)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["id"], line["status"], line["ms"]) for line in lines] == [("1", 200, 1.23), ("2", 304, 0.5)]


def test_remembered_answers_stay_within_their_bytes_and_their_revision() -> None:
    answers = Answers(limit=40_000)
    for number in range(20):
        answers.put(number, ("e", 1), Remembered([], b"x" * 3_000, b"", 0.0))
    assert answers.get(0, ("e", 1)) is None
    assert answers.get(19, ("e", 1)) is not None
    assert answers.get(19, ("e", 2)) is None
    assert answers.get(19, ("f", 1)) is None
    answers.put("big", ("e", 1), Remembered([], b"x" * 20_000, b"", 0.0))
    assert answers.get("big", ("e", 1)) is None
    answers.put("old", ("e", 1), Remembered([], b"", b"", 1e-9))
    assert answers.get("old", ("e", 1)) is None


async def test_people_get_pages_and_programs_problems_even_before_the_app(client: httpx.AsyncClient) -> None:
    big = {"bodyMarkdown": "x" * 1_100_000}
    ours = {"origin": "http://aios.test"}
    for headers, status in (
        ({**ours, "accept": "text/html"}, 413),
        ({"origin": "http://evil.test", "accept": "text/html"}, 403),
    ):
        answer = await client.post("/notebook", data=big, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert "<h1>" in answer.text
    program = await client.post("/api/notes", content=b"x" * 1_100_000, headers=ours)
    assert (program.status_code, program.headers["content-type"]) == (413, "application/problem+json")


async def test_whoever_must_sign_in_first_is_led_on_afterwards(client: httpx.AsyncClient) -> None:
    html = {"accept": "text/html"}
    for path in ("/notebook/%E2%82%AC", "/notebook/a%0d%0aX", "/notebook/a%00b", "/notebook?q=a%26b&tag=c"):
        answer = await client.get(path, headers=html)
        assert answer.status_code == 303, path
        wanted = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
        assert unquote(wanted) == unquote(path)


async def test_a_method_that_is_not_taken_is_answered_with_those_that_are(people: People) -> None:
    mara = await people()
    for method, path, allowed in (
        ("DELETE", "/api/notes", {"GET", "HEAD", "POST", "PUT", "OPTIONS"}),
        ("PUT", "/api/notes", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("PATCH", "/health/live", {"GET", "HEAD", "OPTIONS"}),
    ):
        answer = await mara.request(method, path, json={})
        assert answer.status_code == 405, path
        assert {each.strip() for each in answer.headers["allow"].split(",")} == allowed


async def test_a_tag_that_a_proxy_weakened_is_still_known(people: People) -> None:
    mara = await people()
    made = await mara.post("/api/notes", {"title": "One"})
    for path in ("/api/notes", f"/api/notes/{made.json()['id']}", "/notebook"):
        tag = (await mara.get(path)).headers["etag"]
        for given in (f"W/{tag}", f'"other", {tag}', f'"other", W/{tag}'):
            assert (await mara.get(path, headers={"if-none-match": given})).status_code == 304, (path, given)
        assert (await mara.get(path, headers={"if-none-match": '"other"'})).status_code == 200


async def test_nul_in_an_address_is_text_like_any_other(people: People) -> None:
    mara = await people()
    for path in (
        "/notebook?q=a%00b",
        "/notebook?tag=a%00",
        "/notebook?title=%00",
        "/api/notes?q=%00",
        "/api/notes?tag=%00",
    ):
        assert (await mara.get(path)).status_code == 200, path
    for path in ("/planner/%00", "/notebook/%00", "/planner/projects/%00"):
        assert (await mara.get(path, headers={"accept": "text/html"})).status_code == 404, path
