"""Pages of accounts: redirects, cookies, contexts, and what a form is told."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

import pytest

from aios.accounts.pages import ago, safe_path
from aios.database import Sql, Statement
from aios.records.clock import now_ms
from aios.records.ids import implied_id, new_id
from aios.records.query import Query, Read
from aios.records.reads import read

MARA = {"username": "Mara", "password": "correct horse"}
NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})


def cookies(answer):
    jar = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return jar


async def sign_up(browser, **more):
    answer = await browser.post("/sign-up", data={**MARA, **more})
    assert answer.status_code == 303, answer.text
    return answer


async def settings_of(server, browser):
    space = server.tokens.read(browser.cookies["aios_session"]).space_id
    record_id = implied_id(space, "settings", "settings")
    return await read(server.database, space, Read(collection="settings", id=record_id), NO_QUERY)


async def test_the_form_to_sign_in(server):
    async with server.browser() as browser:
        answer = await browser.get("/sign-in", params={"next": "/notebook?tag=a"})
    assert answer.status_code == 200
    context = answer.json()
    assert context["template"] == "accounts/sign_in.html"
    assert context["next"] == "/notebook?tag=a"
    assert context["host"] == "aios.test"
    assert (context["values"], context["errors"], context["form_error"]) == ({"username": ""}, {}, "")


async def test_signing_up_begins_a_session_and_welcomes(server):
    async with server.browser() as browser:
        answer = await sign_up(browser, timezone="Europe/Lisbon")
        assert answer.headers["location"] == "/welcome"
        for name in ("aios_session", "aios_device"):
            cookie = cookies(answer)[name]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "lax", "/", "")
        assert cookies(answer)["aios_session"]["max-age"] == str(90 * 86_400)
        assert (await browser.get("/api/auth/me")).json()["username"] == "Mara"
        assert (await settings_of(server, browser))["timezone"] == "Europe/Lisbon"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "\x00"])
async def test_a_zone_that_is_none_is_not_kept(server, zone):
    async with server.browser() as browser:
        await sign_up(browser, timezone=zone)
        assert await settings_of(server, browser) is None


async def test_cookies_are_secure_when_the_server_or_the_connection_is(serve):
    for settings, base in (
        ({"public_url": "https://aios.test"}, "http://aios.test"),
        ({"env": "production"}, "http://aios.test"),
        ({}, "https://aios.test"),
    ):
        server = serve(**settings)
        async with server.browser("203.0.113.77") as browser:
            browser.base_url = base
            browser.headers["origin"] = "https://aios.test"
            answer = await browser.post("/sign-up", data={**MARA, "username": new_id()[-12:]})
            assert answer.status_code == 303, answer.text
            assert [cookie["secure"] for cookie in cookies(answer).values()] == [True, True]


async def test_a_refused_sign_up_comes_back_with_what_was_typed(server):
    async with server.browser() as browser:
        answer = await browser.post("/sign-up", data={"username": "ab", "password": "short"})
        assert answer.status_code == 422
        context = answer.json()
        assert (context["template"], context["values"]) == ("accounts/sign_up.html", {"username": "ab"})
        assert context["errors"].keys() == {"username", "password"}
        assert "short" not in answer.text
        await sign_up(browser)
    async with server.browser() as browser:
        answer = await browser.post("/sign-up", data=MARA)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["username"])
        assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("mara")
@pytest.mark.parametrize(
    ("following", "location"),
    [("/notebook?tag=a", "/notebook?tag=a"), ("", "/"), ("https://evil.example", "/"), ("//evil.example", "/")],
)
async def test_signing_in_leads_where_the_person_wanted_on_this_server_only(server, following, location):
    async with server.browser() as browser:
        answer = await browser.post("/sign-in", data={**MARA, "next": following})
        assert (answer.status_code, answer.headers["location"]) == (303, location)
        assert (await browser.get("/api/auth/me")).status_code == 200
        answer = await browser.get("/sign-in", params={"next": following})
        assert (answer.status_code, answer.headers["location"]) == (303, location)


@pytest.mark.usefixtures("mara")
async def test_a_wrong_password_comes_back_as_a_page(server):
    async with server.browser() as browser:
        for _ in range(5):
            answer = await browser.post("/sign-in", data={"username": "Mara", "password": "wrong", "next": "/planner"})
            assert answer.status_code == 422
        context = answer.json()
        assert context["form_error"] == "The user name or the password is not right."
        assert (context["values"], context["next"]) == ({"username": "Mara"}, "/planner")
        assert answer.headers["ratelimit-remaining"] == "0"
        assert "www-authenticate" not in answer.headers
        answer = await browser.post("/sign-in", data=MARA)
        assert answer.status_code == 429
        assert "retry-after" in answer.headers
        assert "Too many attempts" in answer.json()["form_error"]


async def test_signing_out_ends_the_session_and_keeps_the_device_mark(server):
    async with server.browser() as browser:
        await sign_up(browser)
        token = browser.cookies["aios_session"]
        answer = await browser.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert answer.headers["clear-site-data"] == '"cache"'
        assert (cookies(answer)["aios_session"].value, cookies(answer)["aios_session"]["max-age"]) == ("", "0")
        assert set(browser.cookies) == {"aios_device"}
        assert (await browser.get("/api/auth/me", headers={"cookie": f"aios_session={token}"})).status_code == 401
        assert (await browser.post("/sign-out")).status_code == 303


async def test_a_stranger_cannot_lock_the_person_out_of_their_browser(server):
    async with server.browser() as browser:
        await sign_up(browser)
        await browser.post("/sign-out")
        for number in range(5):
            async with server.client(f"198.51.100.{number}") as stranger:
                await stranger.post("/api/auth/login", json={**MARA, "password": "guess guess"})
        async with server.browser() as other:
            assert (await other.post("/sign-in", data=MARA)).status_code == 429
        assert (await browser.post("/sign-in", data=MARA)).status_code == 303


async def test_a_new_session_gets_a_new_token(server):
    async with server.browser() as browser:
        await sign_up(browser)
        before = browser.cookies["aios_session"]
        answer = await browser.post("/sign-in", data=MARA)
        assert cookies(answer)["aios_session"].value != before
        assert len((await browser.get("/settings/devices")).json()["devices"]) == 1


async def test_welcome_offers_the_listed_modules_and_keeps_the_choice(server, registry):
    names = [module.name for module in registry.listed()]
    async with server.browser() as browser:
        await sign_up(browser)
        context = (await browser.get("/welcome")).json()
        assert context["template"] == "accounts/welcome.html"
        assert [module["name"] for module in context["modules"]] == names
        assert all(module["on"] for module in context["modules"])
        assert context["modules"][0].keys() == {"name", "title", "icon", "summary", "on"}
        ticked = [("enabledModules", names[0]), ("enabledModules", "nonsense")]
        answer = await browser.post("/welcome", content=urlencode(ticked))
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await settings_of(server, browser))["enabledModules"] == names[:1]
        modules = (await browser.get("/welcome")).json()["modules"]
        assert [module["name"] for module in modules if module["on"]] == names[:1]
        await browser.post("/welcome", content=urlencode([("enabledModules", name) for name in names]))
        assert (await settings_of(server, browser))["enabledModules"] == []


async def test_each_device_says_when_it_synced_and_what_waits(server):
    async with server.browser() as browser, server.browser() as other:
        await sign_up(browser)
        await other.post("/sign-in", data=MARA)
        devices = (await browser.get("/settings/devices")).json()["devices"]
        assert {(each["synced"], each["waiting"]) for each in devices} == {("", "")}
        client = Sql(
            'INSERT INTO sync_client (space_id, client_id, account, last_mid, "schema", device, seen_at, waiting) '
            "SELECT account_id, ?, account_id, 1, 1, id, ?, ? FROM device WHERE id = ?"
        )
        (here,), (there,) = ([each["id"] for each in devices if each["current"] is mine] for mine in (True, False))

        def synced():
            yield Statement(client, ("c1", now_ms() - 7_200_000, 5, here))
            yield Statement(client, ("c2", now_ms(), 0, here))
            yield Statement(client, ("c3", now_ms() - 190_000, 2, there))

        await server.database.run(synced())
        devices = (await browser.get("/settings/devices")).json()["devices"]
        assert {each["id"]: (each["synced"], each["waiting"]) for each in devices} == {
            here: ("Last sync just now", ""),
            there: ("Last sync 3 minutes ago", "2 changes wait there"),
        }


async def test_devices_are_listed_and_revoked(server):
    async with server.browser() as browser, server.browser() as other:
        await sign_up(browser)
        await other.post("/sign-in", data=MARA)
        devices = (await browser.get("/settings/devices")).json()["devices"]
        assert {each["current"]: (each["name"], each["kind"], each["last_seen"]) for each in devices} == {
            True: ("Firefox on Android", "cookie", "Now"),
            False: ("Firefox on Android", "cookie", "Just now"),
        }
        theirs = next(each["id"] for each in devices if not each["current"])
        assert (await browser.post(f"/settings/devices/{theirs}", data={"_method": "PUT"})).status_code == 404
        answer = await browser.post(f"/settings/devices/{theirs}", data={"_method": "DELETE"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/devices")
        assert (await other.get("/api/auth/me")).status_code == 401
        for unknown in (theirs, new_id(), "nonsense", "%00"):
            assert (await browser.post(f"/settings/devices/{unknown}", data={"_method": "DELETE"})).status_code == 404
        await other.post("/sign-in", data=MARA)
        assert (await browser.post("/settings/devices", data={"_method": "DELETE"})).status_code == 303
        assert (await other.get("/api/auth/me")).status_code == 401
        own = (await browser.get("/settings/devices")).json()["devices"]
        answer = await browser.post(f"/settings/devices/{own[0]['id']}", data={"_method": "DELETE"})
        assert answer.headers["location"] == "/sign-in"
        assert (await browser.get("/api/auth/me")).status_code == 401


async def test_the_password_can_be_changed(server):
    async with server.browser() as browser, server.browser() as other:
        await sign_up(browser)
        await other.post("/sign-in", data=MARA)
        context = (await browser.get("/settings/account")).json()
        assert (context["username"], context["created"]) == ("Mara", "Today")
        wrong = {"_method": "PUT", "currentPassword": "wrong", "newPassword": "another horse"}
        answer = await browser.post("/settings/account/password", data=wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["currentPassword"])
        right = {**wrong, "currentPassword": "correct horse"}
        answer = await browser.post("/settings/account/password", data=right)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/account?changed=password")
        assert "Password changed" in (await browser.get(answer.headers["location"])).json()["toast"]["text"]
        assert (await other.get("/api/auth/me")).status_code == 401


async def test_leaving_asks_for_the_password(server):
    async with server.browser() as browser:
        await sign_up(browser)
        assert (await browser.get("/settings/account/delete")).json()["template"] == "accounts/delete_account.html"
        answer = await browser.post("/settings/account", data={"_method": "DELETE", "password": "wrong"})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["password"])
        answer = await browser.post("/settings/account", data={"_method": "DELETE", "password": "correct horse"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "aios_session" not in browser.cookies
        assert (await browser.post("/sign-in", data=MARA)).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/welcome"),
        ("POST", "/welcome"),
        ("GET", "/settings/devices"),
        ("POST", "/settings/devices"),
        ("POST", "/settings/devices/x"),
        ("GET", "/settings/account"),
        ("POST", "/settings/account"),
        ("POST", "/settings/account/password"),
        ("GET", "/settings/account/delete"),
    ],
)
async def test_the_rest_is_for_who_is_signed_in(server, method, path):
    async with server.browser() as browser:
        answer = await browser.request(method, path)
    following = path if method == "GET" else "/"
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={quote(following, safe='')}")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/sign-out", "/welcome", "/settings/account"])
async def test_another_site_cannot_post(server, path):
    async with server.browser() as browser:
        await sign_up(browser)
        answer = await browser.post(path, data=MARA, headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
        assert (await browser.get("/api/auth/me")).status_code == 200


async def test_a_form_of_nonsense_is_no_failure(server):
    async with server.browser() as browser:
        for body in (b"\xff\xfe", b"&&&", b"username=%ff%00&password=%00", b"a=1&" * 300):
            assert (await browser.post("/sign-in", content=body)).status_code in {400, 422}


async def test_the_pages_as_they_are_shipped(start):
    client = await start()
    client.headers.update({"origin": "http://aios.test", "accept": "text/html"})
    for path in ("/sign-in", "/sign-up"):
        assert "<form" in (await client.get(path)).text
    answer = await client.post("/sign-up", data={"username": "ab", "password": "short"})
    assert (answer.status_code, "A password has 8 to 100 characters." in answer.text) == (422, True)
    await sign_up(client)
    for path in ("/welcome", "/settings/devices", "/settings/account?changed=password", "/settings/account/delete"):
        answer = await client.get(path)
        assert (answer.status_code, "<form" in answer.text) == (200, True), path
    answer = await client.post("/settings/account", data={"_method": "DELETE", "password": "wrong"})
    assert (answer.status_code, "The password is not right." in answer.text) == (422, True)
    answer = await client.post("/sign-out")
    assert answer.status_code == 303
    answer = await client.post("/sign-in", data={**MARA, "password": "wrong"})
    assert (answer.status_code, "The user name or the password is not right." in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/", "/notebook", "/planner?show=today", "/notebook/a%20b"])
def test_a_path_of_ours_is_safe(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "notebook", "//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "/a\r\nx: y", "/é",
     "javascript:alert(1)", "/sign-in?next=/", "/sign-out", "/api/notes"],
)  # fmt: skip
def test_anything_else_leads_home(path):
    assert safe_path(path) == "/"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "Just now"),
        (-5, "Just now"),
        (1, "1 minute ago"),
        (59, "59 minutes ago"),
        (60, "1 hour ago"),
        (47 * 60, "1 day ago"),
        (72 * 60, "3 days ago"),
    ],
)
def test_how_long_ago(minutes, words):
    assert ago(0, minutes * 60_000) == words
