"""Two devices and a REST client on a bad network, against the real app: every write takes effect once, in order."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from aios.app import create_app
from aios.records.clock import now_ms
from aios.records.ids import new_id
from aios.settings import Settings
from tests.conftest import NO_LIMIT, SECRET, lifespan
from tests.people import PASSWORD, Person
from tests.sync.devices import Device, Shown, known, replay

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "40"))
STEPS = 30
DAY_MS = 86_400_000
WHICH = st.integers(0, 1)
FATE = st.sampled_from(["delivered", "delivered", "delivered", "request lost", "answer lost", "twice"])
SKEW = st.sampled_from([0, 0, -400 * DAY_MS, 30 * DAY_MS])
TITLES = st.sampled_from(["a", "b", "c", "", "x" * 201])
"""The last two are refused."""
CALLS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


class World:
    """One app for all examples, on a loop of its own; each example has an account of its own."""

    def __init__(self, given: Settings) -> None:
        self._runner = asyncio.Runner()
        app = create_app(given)
        self._lifespan = lifespan(app)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=True),
            base_url="http://aios.test",  # type: ignore[arg-type]
        )
        self.do(self._lifespan.__aenter__())
        self._number = 0

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(coroutine)

    def person(self) -> Person:
        self._number += 1
        body = {"username": f"person{self._number}", "password": PASSWORD}
        answer = self.do(self.client.post("/api/auth/register", json=body)).json()
        return Person(self.client, answer["token"], answer["user"])

    def close(self) -> None:
        self.do(self.client.aclose())
        self.do(self._lifespan.__aexit__(None, None, None))
        self._runner.close()


def refused(mutation: dict[str, Any], server: Shown) -> bool:
    """Whether the server rejects it, whatever the others do."""
    if mutation["op"] in {"create", "update"} and not 0 < len(mutation["fields"].get("title", "a")) <= 200:
        return True
    return mutation["op"] in {"update", "restore"} and mutation["id"] not in server


class Machine(RuleBasedStateMachine):
    """`server` is what the records must be: each mutation once, when it first arrives."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.mara = self.world.person()
        self.devices = [Device(self.mara.id), Device(self.mara.id)]
        self.ids = [new_id() for _ in range(4)]
        self.server: Shown = {}
        self.arrived = {device.client: 0 for device in self.devices}
        self.rejects: dict[str, set[int]] = {device.client: set() for device in self.devices}
        self.late: list[dict[str, Any]] = []

    @rule(which=WHICH, place=st.integers(0, 3), op=st.sampled_from(["create", "update", "update", "delete", "restore"]),
          title=TITLES, more=st.sampled_from([{}, {"isPinned": True}, {"isPinned": False}]))  # fmt: skip
    def write(self, which: int, place: int, op: str, title: str, more: dict[str, Any]) -> None:
        fields = {"title": title, **more}
        self.devices[which].write(op, self.ids[place], fields if op in {"create", "update"} else {})

    @rule(place=st.integers(0, 3), title=st.sampled_from(["d", "e"]))
    def write_over_rest(self, place: int, title: str) -> None:
        record_id = self.ids[place]
        answer = self.world.do(self.mara.put(f"/api/notes/{record_id}", {"title": title}))
        record = self.server.get(record_id)
        lives = record is not None and not record["deleted"]
        assert answer.status_code == (200 if lives else 404)
        if record is not None and lives:
            self.server[record_id] = {**record, "title": title}

    @rule(which=WHICH, fate=FATE, most=st.integers(1, 5), skew=SKEW)
    def push(self, which: int, fate: str, most: int, skew: int) -> None:
        device = self.devices[which]
        body = device.push(now_ms() + skew, most)
        self.late.append(body)
        if fate != "request lost":
            self.deliver(body)
        if fate == "twice":
            self.deliver(body)

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def push_arrives_late(self, data: st.DataObject) -> None:
        self.deliver(data.draw(st.sampled_from(self.late)))

    @rule(which=WHICH, lost=st.booleans(), limit=st.integers(1, 4))
    def pull(self, which: int, *, lost: bool, limit: int) -> None:
        device = self.devices[which]
        answer = self.world.do(self.mara.get("/api/sync/pull", params=device.pull(limit)))
        assert answer.status_code == 200, answer.text
        if not lost:
            device.pulled(answer.json())

    @rule(which=WHICH)
    def bootstrap_again(self, which: int) -> None:
        self.devices[which].forget()

    @invariant()
    def records_are_what_arrived(self) -> None:
        listed = self.world.do(self.mara.get("/api/notes")).json()
        assert {each["id"]: (each["title"], each["isPinned"]) for each in listed} == {
            key: (each["title"], each["isPinned"]) for key, each in self.server.items() if not each["deleted"]
        }

    def deliver(self, body: dict[str, Any]) -> None:
        """What the server must make of a push that reaches it."""
        client, last = body["client"], self.arrived[body["client"]]
        fresh = [each for each in body["mutations"] if each["mid"] > last]
        answer = self.world.do(self.mara.post("/api/sync/push", body))
        if fresh and fresh[0]["mid"] != last + 1:
            assert (answer.status_code, answer.json()["code"]) == (409, "gap")
            return
        for mutation in fresh:
            if refused(mutation, self.server):
                self.rejects[client].add(mutation["mid"])
            else:
                replay(self.server, mutation)
            self.arrived[client] = mutation["mid"]
        assert answer.status_code == 200, answer.text
        assert answer.json()["lastMid"] == self.arrived[client]
        told = {each["mid"] for each in answer.json()["rejects"]}
        assert told <= self.rejects[client]
        assert told >= self.rejects[client] & {each["mid"] for each in fresh}

    def teardown(self) -> None:
        """The network heals: everything arrives, and both devices end equal to the server."""
        for device in self.devices:
            while device.outbox and device.outbox[-1]["mid"] > self.arrived[device.client]:
                waiting = [each for each in device.outbox if each["mid"] > self.arrived[device.client]]
                self.deliver({**device.push(now_ms(), 0), "mutations": waiting})
        for device in self.devices:
            page: dict[str, Any] = {"more": True}
            while page["more"] or device.outbox:
                page = self.world.do(self.mara.get("/api/sync/pull", params=device.pull(3))).json()
                device.pulled(page)
            assert device.shown == device.base == self.server
            assert set(device.rejected) == self.rejects[device.client]
        stored = self.world.do(
            self.mara.get("/api/sync/records", params={"account": self.mara.id, "ids": ",".join(self.ids)})
        ).json()
        assert {each["id"]: known(each) for each in stored["records"]} == self.server


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_devices_on_a_bad_network_end_equal(migrated_file: Path, tmp_path: Path, dialect: str) -> None:
    path = tmp_path / f"aios.{dialect}3"
    shutil.copyfile(migrated_file, path)
    given = Settings(env="test", data_dir=tmp_path, database_url=f"sqlite:///{path}", jwt_secret=SECRET)
    world = World(msgspec.structs.replace(given, login_limit=NO_LIMIT, register_limit=NO_LIMIT, access_log=False))
    machine = type("Machine", (Machine,), {"world": world})
    try:
        run_state_machine_as_test(machine, settings=CALLS)
    finally:
        world.close()
