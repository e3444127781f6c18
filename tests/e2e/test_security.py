"""Other sites cannot act for a person, pages break no policy, and nobody sees another person's pages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import DESKTOP, PHONE, Browsing, path_of
from tests.e2e.places import GATES, furnish, pages
from tests.people import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOSTILE_TEXT = """<script>window.hacked = 1</script>
<img src="/x" onerror="window.hacked = 1"><svg onload="window.hacked = 1"></svg>

[one](javascript:window.hacked=1) [two](JaVaScRiPt:window.hacked=1)
[three](data:text/html,<script>window.hacked=1</script>)
![four](javascript:window.hacked=1) <javascript:window.hacked=1> [five](&#106;avascript:window.hacked=1)
[[<img src=x onerror=window.hacked=1>]] #<b>tag</b>

<style>body { display: none }</style><iframe src="https://example.org"></iframe>
<form action="/sign-out" method="post"><button>x</button></form>
"""


async def test_every_page_has_a_strict_policy(server, browse, mara, registry):
    """That no page breaks it is asserted whenever a window closes; that this would be noticed is shown here."""
    records = await furnish(mara)
    for path in (*pages(registry, records), *GATES, "/schema"):
        policy = (await mara.client.get(path)).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        assert "unsafe" not in policy, path
    browsing = Browsing(browse.__self__.browser)
    page = await browsing.open(server.url, DESKTOP, person=mara)
    await page.goto("/")
    await page.evaluate('document.body.innerHTML += \'<b style="color:red" onclick="1">inline</b>\'')
    with pytest.raises(AssertionError, match="Content Security Policy"):
        await browsing.close()


async def test_the_page_of_the_api_keeps_the_policy(server, browse):
    page = await browse(server.url, DESKTOP)
    await page.goto("/schema")
    await expect(page.get_by_text("listNotes").or_(page.get_by_text("/api/notes", exact=True)).first).to_be_visible()


@pytest.mark.parametrize("origin", ["http://127.0.0.1:5499", "http://localhost:5499", "null"])
async def test_another_site_changes_nothing(origin, server, browse, mara):
    """To cookies another port of 127.0.0.1 is the same site, localhost is another; a sandboxed page has no origin."""
    note = await mara.make("notebook", title="Mine", bodyMarkdown="As it was")
    page = await browse(server.url, PHONE, person=mara)
    fields = "".join(
        f'<input name="{name}" value="{value}">'
        for name, value in (("_method", "PUT"), ("title", "Taken"), ("bodyMarkdown", "over"))
    )
    html = f'<form method="post" action="{server.url}{note}">{fields}<button>Win</button></form>'
    headers = {"content-type": "text/html"}
    if origin == "null":
        headers["content-security-policy"] = "sandbox allow-forms"
    await page.context.route("**:5499/**", lambda route: route.fulfill(body=html, headers=headers))
    await page.goto("http://127.0.0.1:5499/" if origin == "null" else origin)
    async with page.expect_response(f"{server.url}{note}") as answered:
        await page.get_by_role("button", name="Win").click()
    assert (await answered.value).status == 403
    html = await mara.show(note)
    assert "As it was" in html
    assert "Taken" not in html


async def test_back_never_shows_the_person_before(server, browse, sign_up):
    ana, ben = await sign_up(), await sign_up()
    note = await ana.make("notebook", title="Diary of Ana", bodyMarkdown="secret")
    page = await browse(server.url, PHONE, person=ana)
    for path in ("/", "/notebook", note, "/planner"):
        await page.goto(path)
    await page.get_by_role("link", name="Home").first.click()
    await page.goto("/settings")
    await page.get_by_role("button", name="Sign out").last.click()
    await page.get_by_label("User name").fill(ben.username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(ben.username)
    seen = set()
    for _ in range(10):
        await page.go_back()
        await page.wait_for_load_state()
        seen.add(path_of(page))
        html = await page.content()
        assert ana.username not in html, page.url
        assert "Diary of Ana" not in html, page.url
    assert len(seen) >= 4, seen
    answer = await page.goto(note)
    assert answer.status == 404


async def test_hostile_text_is_only_text(server, browse, mara):
    title = "<img src=x onerror=window.hacked=1>"
    note = await mara.make(
        "notebook", title=title, bodyMarkdown=HOSTILE_TEXT, tags='"><script>window.hacked=1</script>'
    )
    task = await mara.make("planner", title=title, userNotes=HOSTILE_TEXT)
    await mara.send("/planner", "/planner", title=title)
    page = await browse(server.url, PHONE, person=mara)
    for path in ("/", "/notebook", "/planner", "/planner?view=all", task, note):
        await page.goto(path)
        assert await page.evaluate("window.hacked") is None, path
        others = "script:not([src^='/assets/'])"
        found = page.locator(f"body :is({others}, style, iframe, [onerror], [onload])")
        assert await found.count() == 0, path
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    links = await page.locator(".preview :is(a, img)").evaluate_all(
        "found => found.map((each) => each.href ?? each.src)"
    )
    assert all(link.startswith(f"{server.url}/notebook") for link in links), links
    assert await page.locator(".preview form").count() == 0
    for link in await page.locator(".preview a").all():
        await link.dispatch_event("click")
    assert await page.evaluate("window.hacked") is None
