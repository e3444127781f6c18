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
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

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

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "25"))
STEPS = 30
DAY_MS = 86_400_000
WHICH = st.integers(0, 1)
# Only a pull takes entries out of the outbox, so a push whose answer is lost is as good as one delivered.
FATE = st.sampled_from(["delivered", "delivered", "request lost", "twice"])
SKEW = st.sampled_from([0, 0, -400 * DAY_MS, 30 * DAY_MS])
TITLES = st.sampled_from(["a", "b", "c", "b", "a", "", "x" * 201])
"""The last two are refused."""
Edit = tuple[str, int, dict[str, Any]]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "update", "update", "delete", "restore"]),
        st.integers(0, 3),
        st.fixed_dictionaries({"title": TITLES}, optional={"isPinned": st.booleans()}),
    ),
    min_size=1,
    max_size=4,
)
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

    @rule(which=WHICH, edits=EDITS, fate=FATE, most=st.integers(1, 5), skew=SKEW)
    def write_and_push(self, which: int, edits: list[Edit], fate: str, most: int, skew: int) -> None:
        device = self.devices[which]
        for op, place, fields in edits:
            device.write(op, self.ids[place], fields if op in {"create", "update"} else {})
        body = device.push(now_ms() + skew, most)
        self.late.append(body)
        if fate != "request lost":
            self.deliver(body)
        if fate == "twice":
            self.deliver(body)

    @precondition(lambda self: self.late)
    @rule(place=st.integers(0, 9))
    def push_arrives_late(self, place: int) -> None:
        self.deliver(self.late[-1 - place % len(self.late)])

    @rule(which=WHICH, fate=st.sampled_from(["answered", "answered", "answer lost", "copy cleared"]),
          limit=st.integers(1, 4))  # fmt: skip
    def pull(self, which: int, fate: str, limit: int) -> None:
        device = self.devices[which]
        if fate == "copy cleared":
            device.forget()
        answer = self.world.do(self.mara.get("/api/sync/pull", params=device.pull(limit)))
        assert answer.status_code == 200, answer.text
        if fate == "answer lost":
            return
        waited = {each["mid"] for each in device.outbox}
        device.pulled(answer.json())
        left = waited - {each["mid"] for each in device.outbox}
        assert max(left, default=0) <= self.arrived[device.client], "what never arrived still waits"

    @rule(place=st.integers(0, 3), title=st.sampled_from(["d", "e"]))
    def write_over_rest(self, place: int, title: str) -> None:
        record_id = self.ids[place]
        answer = self.world.do(self.mara.put(f"/api/notes/{record_id}", {"title": title}))
        record = self.server.get(record_id)
        lives = record is not None and not record["deleted"]
        assert answer.status_code == (200 if lives else 404)
        if record is not None and lives:
            self.server[record_id] = {**record, "title": title}

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
        listed = self.world.do(self.mara.get("/api/notes")).json()
        assert {each["id"]: (each["title"], each["isPinned"]) for each in listed} == {
            key: (each["title"], each["isPinned"]) for key, each in self.server.items() if not each["deleted"]
        }
        told = {each["mid"] for each in answer.json()["rejects"]}
        assert told <= self.rejects[client]
        assert told >= self.rejects[client] & {each["mid"] for each in fresh}

    def teardown(self) -> None:
        """The network heals: everything arrives, and both devices end equal to the server."""
        for device in self.devices:
            self.deliver(device.push(now_ms(), len(device.outbox)))
            assert self.arrived[device.client] == device.mid
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
