"""The same account on the server and on a device, and the same requests to both."""

from __future__ import annotations

import asyncio
import json
import threading
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx
import msgspec
from markupsafe import Markup

from aios.records.ids import implied_id
from aios.records.mutation import Mutation, Writer
from aios.records.text import text_hash
from aios.web.templates import Templates
from tests.conftest import NO_LIMIT, SECRET, lifespan
from tests.parity.accounts import NOW_MS, Account, Ask
from tests.parity.process import NodeProcess

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from aios.web.device import DeviceApp

NEW_ID = "019ab2c4-7d10-7c3e-9b54-6f1d2a8e4cff"
"""The id that either side gives to a form."""
ALLOWED_HEADERS = {
    "etag": "an answer from the device is never cached",
    "aios-account": "tells a worker whose page it hands on",
    "aios-user": "as above",
    "x-request-id": "names a line of the server's log",
    "content-length": "the browser counts",
    "set-cookie": "a worker cannot",
}
"""Header fields that only the server's answers carry, and why."""
_numbers = count()


class Answered(NamedTuple):
    """What one side answered."""

    status: int
    location: str
    headers: dict[str, str]
    body: str
    context: str


class Node(NodeProcess):
    """The device's app in a Node process, from the tree as it is served."""

    def __init__(self, device: DeviceApp, folder: Path) -> None:
        device.write(folder)
        (folder / "package.json").write_text('{"type": "module"}')
        super().__init__("pages.mjs", str(folder))

    def call(self, name: str, **given: Any) -> dict[str, Any]:
        """Ask, and wait for the answer. Fails with what went wrong there."""
        answer: dict[str, Any] = json.loads(self.answer(json.dumps({"call": name, **given})))
        assert "error" not in answer, answer["error"]
        return answer


class Server:
    """The real app, on a loop of its own, with a clock and ids that stand still."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        from aios.settings import Settings  # noqa: PLC0415  with the app

        self.rendered: dict[str, Any] = {}
        self.device: dict[str, Any] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._settings = Settings(
            env="test", data_dir=data_dir, database_url=database_url, jwt_secret=SECRET, login_limit=NO_LIMIT,
            register_limit=NO_LIMIT, access_log=False,
        )  # fmt: skip
        self.run(self._open())

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    async def _open(self) -> None:
        from aios.app import create_app  # noqa: PLC0415  slow

        self.app = create_app(self._settings)
        self.state = self.app.app.state  # type: ignore[attr-defined]  # Litestar's
        self._lifespan = lifespan(self.app)
        await self._lifespan.__aenter__()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://aios.test", timeout=30)

    def close(self) -> None:
        """Stop."""
        self.run(self.client.aclose())
        self.run(self._lifespan.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class Both:
    """One account on both sides."""

    def __init__(self, server: Server, node: Node, account: Account) -> None:
        self.server, self.node, self.account = server, node, account
        server.device = account.device
        body = {"username": f"person{next(_numbers)} é<", "password": "a long quiet sentence"}
        answer = server.run(server.client.post("/api/auth/register", json=body))
        assert answer.status_code == 201, answer.text
        self.token, self.user = answer.json()["token"], answer.json()["user"]
        server.run(self._furnish())
        self.load()

    def load(self) -> None:
        """Make the device's copy equal to the server, with stubs where its budget ends."""
        records = self._everything()
        self.stubs = {each["id"] for each in records if each.get("stub")}
        self.before = {each["id"]: each for each in records}
        """The records as both sides had them before the next form post."""
        self.node.call(
            "load",
            account=self.user["id"],
            user=self.user["username"],
            zone=self.account.zone,
            now=NOW_MS,
            newId=NEW_ID,
            device=self.account.device,
            records=records,
            cursor=len(records),
        )

    def _everything(self) -> list[dict[str, Any]]:
        """All records, by a first sync with the device's budget."""
        records: list[dict[str, Any]] = []
        given: dict[str, Any] = {"account": self.user["id"], "client": NEW_ID}
        if self.account.budget is not None:
            given["budget"] = self.account.budget
        more = True
        while more:
            answer = self._get("/api/sync/pull", given).json()
            records += answer["records"]
            more = answer["more"]
            given |= {name: answer[name] for name in ("boot", "before", "budgetLeft") if answer.get(name) is not None}
            given.pop("budget", None)
        return records

    def ask(self, ask: Ask) -> tuple[Answered, Answered]:
        """What the server and the device answer."""
        search = "?" + urlencode(ask.search, quote_via=quote) if ask.search else ""
        body = urlencode(ask.form, doseq=True, errors="surrogatepass") if ask.form is not None else ""
        self.server.rendered = {}
        on_server = self.server.run(self._send(ask, search, body))
        method = "GET" if ask.form is None else "POST"
        given = {"method": method, "path": ask.path, "search": search, "partial": ask.partial, "body": body}
        on_device = self.node.call("answer", **given)
        headers = dict(on_device["headers"])
        return (
            Answered(
                on_server.status_code, on_server.headers.get("location", ""),
                {name: value for name, value in on_server.headers.items() if name not in ALLOWED_HEADERS},
                on_server.text, json.dumps(self.server.rendered, sort_keys=True),
            ),
            Answered(
                on_device["status"], headers.get("location", ""), headers, on_device["body"],
                json.dumps(json.loads(on_device["context"] or "{}"), sort_keys=True),
            ),
        )  # fmt: skip

    def records(self) -> tuple[Any, Any]:
        """What each side keeps: id, collection, deleted or not, document; of stubs without their long texts."""
        on_device = self.node.call("records")["records"]
        stubs = {each["id"] for each in on_device if each.pop("stub")}
        rows: list[dict[str, Any]] = []
        cursor, more = 0, True
        while more:
            given = {"account": self.user["id"], "client": NEW_ID, "cursor": cursor}
            answer = self._get("/api/sync/pull", given).json()
            rows += answer["records"]
            cursor, more = answer["cursor"], answer["more"]
        on_server = [
            {
                "id": each["id"],
                "collection": each["collection"],
                "deleted": each["deleted"] is not None,
                "body": each["body"],
            }
            for each in sorted(rows, key=lambda each: str(each["id"]))
        ]
        for each in (*on_server, *on_device):
            if each["id"] in stubs:
                texts = self.server.state.registry.collections[each["collection"]].texts
                each["body"] = {name: value for name, value in each["body"].items() if name not in texts}
        return on_server, on_device

    def _get(self, path: str, params: dict[str, Any]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        answer: httpx.Response = self.server.run(self.server.client.get(path, params=params, headers=headers))
        assert answer.status_code == 200, answer.text
        return answer

    async def _send(self, ask: Ask, search: str, body: str) -> httpx.Response:
        headers = {
            "authorization": f"Bearer {self.token}",
            "accept": "text/html",
            "cookie": f"zone={quote(self.account.zone)}",
        }
        if ask.partial:
            headers["hx-request-type"] = "partial"
        if ask.form is None:
            return await self.server.client.get(ask.path + search, headers=headers)
        headers["content-type"] = "application/x-www-form-urlencoded"
        return await self.server.client.post(ask.path, content=body, headers=headers)

    async def _furnish(self) -> None:
        space = self.user["id"]
        writer = Writer(client="import:made", importer=True)
        made, deleted = [], []
        for item in self.account.items:
            single = self.server.state.registry.collections[item.collection].single
            name = implied_id(space, item.collection, item.collection) if single else item.id
            fields = {key: value for key, value in item.fields.items() if value is not None}
            made.append(Mutation(op="create", collection=item.collection, id=name, fields=fields, ms=item.ms))
            if item.deleted:
                deleted.append(Mutation(op="delete", collection=item.collection, id=name))
        if made:
            await self.server.state.writes.apply(space, writer, made)
        if deleted:
            await self.server.state.writes.apply(space, writer, deleted)
        for item in self.account.items:
            field = self.server.state.registry.collections[item.collection].texts[:1]
            for number, text in enumerate(item.apart):
                edit = Mutation(
                    op="update",
                    collection=item.collection,
                    id=item.id,
                    fields={field[0]: text},
                    bases={field[0]: text_hash(item.fields[field[0]])},
                    base_rev=0,
                    ms=item.ms,
                )
                await self.server.state.writes.apply(space, Writer(client=f"import:apart{number}"), [edit])


def watch(server: Server, monkeypatch: Any) -> None:
    """Let the clock, new ids and the device's state stand still, and note what contexts views make."""
    monkeypatch.setattr("aios.web.pages.now_ms", lambda: NOW_MS)
    monkeypatch.setattr("aios.web.pages.new_id", lambda: NEW_ID)
    monkeypatch.setattr("aios.records.writes.now_ms", lambda: NOW_MS)
    monkeypatch.setattr("aios.records.sync.api.now_ms", lambda: NOW_MS)
    # An answer that is given again was not rendered again.
    monkeypatch.setattr(server.app.answers, "put", lambda *_: None)
    query = server.state.pages._query

    async def with_device(*given: Any) -> Any:
        return msgspec.structs.replace(await query(*given), device=server.device)

    monkeypatch.setattr(server.state.pages, "_query", with_device)
    render = Templates.render

    def note(self: Templates, template_name: str, context: Mapping[str, Any], fragment: str = "") -> str:
        server.rendered = crossing(dict(context))
        return render(self, template_name, dict(context), fragment)

    monkeypatch.setattr(Templates, "render", note)


def crossing(value: Any) -> Any:
    """A context as JSON has it; safe HTML is told from text."""
    if isinstance(value, Markup):
        return {"$safe": str(value)}
    if isinstance(value, list | tuple):
        return [crossing(each) for each in value]
    return {key: crossing(each) for key, each in value.items()} if isinstance(value, dict) else value
