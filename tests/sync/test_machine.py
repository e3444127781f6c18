"""Devices and a REST client on a bad network, against the real app: every write takes effect once, and nothing is lost.

`AIOS_EDITS` says how many edits are made on each database, `AIOS_SEED` repeats a run.
"""

from __future__ import annotations

import copy
import os
import random
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sync_client import Refused

from aios.records.ids import new_id
from tests.sync import model
from tests.sync.compared import differences
from tests.sync.devices import Device, LostError, key_of
from tests.sync.hand import WRITES, Hand
from tests.sync.lists import TEXT
from tests.sync.world import World

if TYPE_CHECKING:
    from aios.settings import Settings
    from tests.people import Person
    from tests.sync.model import Truths
    from tests.sync.world import Snapshot

    Json = dict[str, Any]

EDITS = int(os.environ.get("AIOS_EDITS", "2000"))
SEED = int(os.environ.get("AIOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
SHRINK = os.environ.get("AIOS_SHRINK", "0") != "0"
"""A failure tells its story; the smallest one takes minutes to find."""
LONGEST_DRAIN_S = 30
"""After the network heals (docs/sync.md, "Targets")."""
MOST_CALLS = 200
"""Of one device in one go."""
DAY_MS = model.DAY_MS
CALLS = settings(
    max_examples=5,
    stateful_step_count=40,
    deadline=None,
    database=None,
    phases=[Phase.generate, *([Phase.shrink] if SHRINK else [])],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
WHICH = st.integers(0, 4)
PLACE = st.integers(0, 3)
FATE = st.sampled_from(["delivered"] * 4 + ["request lost", "answer lost", "sent twice", "cut in the middle"])
EDIT = st.lists(st.tuples(st.sampled_from(WRITES), PLACE, st.integers(0, 5)), min_size=1, max_size=8)
TROUBLE = st.sampled_from(
    ["reload", "clock", "clock", "eviction", "account switched", "purge", "late push", "late push"]
)


class Machine(RuleBasedStateMachine):
    """`truths` is what the records must be (tests/sync/model.py)."""

    world: World
    other: Person
    counts: Counter[str]
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.mara, self.ines = self.world.person(), self.other
        self.signed_in = self.mara
        self.ids = [new_id() for _ in range(4)]
        self.kinds = dict(zip(self.ids, ("notes", "notes", "lists", "lists"), strict=True))
        self.truths: Truths = {}
        self.arrived: Counter[str] = Counter()
        """The last number of each client that the server has taken."""
        self.met: dict[str, int] = {}
        """When it heard of each client."""
        self.taken: set[str] = set()
        """What it has taken, by `key_of`."""
        self.refused: set[str] = set()
        self.late: list[tuple[Device, Json]] = []
        self.backup: tuple[Snapshot, Truths, Counter[str], set[str], dict[str, int]] | None = None
        self.must: dict[str, set[str]] = {}
        """Lines that a restored server has lost, and that its devices have."""
        self.story: list[tuple[str, str]] = []
        """What reached the server, for whoever has to find out why something is wrong."""
        self.fate = "delivered"
        self.more: Json = {}
        self.calls = 0
        self.repeats = False
        """Whether changes may come again under another client, to a server that has lost or forgotten the first one."""
        self.hand = Hand()
        self.devices: list[Device] = []

    @initialize(count=st.integers(2, 5), old=st.booleans())
    def begin(self, count: int, old: bool) -> None:  # noqa: FBT001  Hypothesis gives it by name
        for number in range(count):
            path = self.folder / f"{self.mara.id}-{number}.db"
            self.devices.append(Device(path, self.mara.id, self.send, lambda: self.world.now, self.count_of))
        self.devices[-1].whole = old

    @rule(which=WHICH, edits=EDIT)
    def write(self, which: int, edits: list[tuple[str, int, int]]) -> None:
        device = self.device(which)
        for what, place, choice in edits:
            self.tick()
            if self.hand.write(device, what, self.ids[place], self.kinds[self.ids[place]], choice):
                self.counts["edits"] += 1

    @rule(which=WHICH, edits=EDIT)
    def write_more(self, which: int, edits: list[tuple[str, int, int]]) -> None:
        self.write(which, edits)

    @rule(which=WHICH, fate=FATE, after=st.integers(0, 9))
    def push(self, which: int, fate: str, after: int) -> None:
        self.tick()
        self.fate = fate
        self.world.cut_after = after if fate == "cut in the middle" else None
        self.attempt(self.device(which), "push")

    @rule(which=WHICH, lost=st.booleans(), limit=st.integers(1, 4))
    def pull(self, which: int, lost: bool, limit: int) -> None:  # noqa: FBT001  as above
        self.tick()
        self.fate = "answer lost" if lost else "delivered"
        self.more = {"limit": limit}
        self.attempt(self.device(which), "pull")

    @rule(which=WHICH)
    def sync(self, which: int) -> None:
        self.tick()
        self.attempt(self.device(which), "sync")

    @rule(what=TROUBLE, which=WHICH, choice=st.integers(0, 9))
    def trouble(self, what: str, which: int, choice: int) -> None:
        self.tick()
        device = self.device(which)
        if what == "late push":
            if self.late:
                self.a_push_arrives_late(choice)
            return
        self.count(what)
        if what == "reload":
            device.reload()
        elif what == "clock":
            device.skew = (0, -400 * DAY_MS, 30 * DAY_MS, -30_000, 7_200_000)[choice % 5]
        elif what == "eviction":
            self.evict(device, choice * 200)
        elif what == "account switched":
            self.switch_the_account(device)
        else:
            self.days_go_by((1, 31, 100, 200)[choice % 4])

    def a_push_arrives_late(self, place: int) -> None:
        device, body = self.late[-1 - place % len(self.late)]
        self.count("late push")
        try:
            self.deliver(device, body)
        except Refused as refused:
            if refused.status not in {409, 410}:
                raise

    def evict(self, device: Device, budget: int) -> None:
        """The copy is read anew into little room."""
        waited = {key_of(each) for each in device.copy.outbox()}
        device.syncer.resync()
        self.more = {"budget": budget}
        self.attempt(device, "pull")
        kept = {key_of(each) for each in [*device.copy.outbox(), *device.copy.attention()]}
        assert waited - kept <= self.taken, "what was not sent was evicted"

    def switch_the_account(self, device: Device) -> None:
        """Somebody else has signed in under the device."""
        self.signed_in = self.ines
        for call in ("push", "pull"):
            if call == "push" and (device.copy.meta("cursor") is None or not device.copy.unsent()):
                continue
            with pytest.raises(Refused) as refused:
                getattr(device.syncer, call)()
            assert (refused.value.status, refused.value.problem["code"]) == (409, "account")
        self.signed_in = self.mara
        assert self.world.rows("SELECT id FROM record WHERE space_id = ?", self.ines.id) == []
        self.compare()

    def days_go_by(self, days: int) -> None:
        self.world.now += days * DAY_MS
        self.purge()

    def purge(self) -> None:
        self.world.purge()
        model.purge(self.truths, self.world.now)
        # Who deletes what was brought back has seen it; made anew later, it is another.
        self.must = {
            each: lines for each, lines in self.must.items() if each not in self.truths or not self.truths[each].blank
        }
        known = {
            row[0] for row in self.world.rows("SELECT client_id FROM sync_client WHERE space_id = ?", self.mara.id)
        }
        for client in [client for client in self.arrived if client not in known]:
            assert self.world.now - self.met.get(client, 0) > model.TOMBSTONE_MS, "a client was forgotten too soon"
            del self.arrived[client]
            self.repeats = True
        self.compare()

    @rule()
    def back_up(self) -> None:
        self.backup = (
            self.world.backup(self.mara.id),
            copy.deepcopy(self.truths),
            Counter(self.arrived),
            set(self.taken),
            dict(self.met),
        )

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore_the_backup(self) -> None:
        assert self.backup is not None
        for device in self.devices:  # one that was away for two restores cannot tell what the first one lost
            if device.copy.meta("epoch") not in {None, self.head()[0]} or device.copy.meta("restored") is not None:
                self.attempt(device, "sync")
        self.count("restore")
        self.repeats = True
        snapshot, truths, arrived, taken, met = self.backup
        self.world.restore(self.mara.id, snapshot)
        self.truths, self.arrived, self.taken, self.must = copy.deepcopy(truths), Counter(arrived), set(taken), {}
        self.met = met
        restored = snapshot["rev"][0][0]
        for device in self.devices:
            counts = {key: truth.count for key, truth in truths.items()}
            device.given = {key: min(count, counts.get(key, 0)) for key, count in device.given.items()}
            for each in device.copy.outbox():
                seen = device.seen[key_of(each)]
                seen.count = min(seen.count, counts.get(each["id"], 0))
            for record_id, kind in self.kinds.items():
                known = device.copy.known(record_id)
                if known and known["rev"] > restored and known["deleted"] is None and TEXT[kind] in known["body"]:
                    self.must.setdefault(record_id, set()).update(model.lines_of(known["body"][TEXT[kind]]))
        self.backup = None
        self.story += [(each, "restored") for each in self.ids]
        self.purge()

    @rule(place=PLACE, what=st.sampled_from(["title", "text", "delete"]), strict=st.booleans())
    def write_over_rest(self, place: int, what: str, strict: bool) -> None:  # noqa: FBT001  as above
        self.tick()
        record_id = self.ids[place]
        kind = self.kinds[record_id]
        path = f"/api/{kind}/{record_id}"
        answer = self.world.do(self.mara.get(path))
        truth = self.truths.get(record_id)
        assert (answer.status_code == 200) == (truth is not None and truth.deleted_at is None)
        if truth is None or truth.deleted_at is not None:
            return
        body = answer.json()
        text = body[TEXT[kind]]
        fields = {"title": self.hand.marker()} if what == "title" else {TEXT[kind]: f"{text}\n{self.hand.marker()}"}
        headers = {"if-match": answer.headers["etag"]} if strict else {}
        if what == "delete":
            written = self.world.do(self.mara.delete(path, headers=headers))
        else:
            written = self.world.do(self.mara.put(path, {"title": body["title"], **fields}, headers=headers))
        assert written.status_code in {200, 204}, written.text
        op = {"op": "delete" if what == "delete" else "update", "id": record_id, "fields": fields}
        seen = model.Seen(truth.count, text)
        model.take(self.truths, op, "rest", self.world.now, seen, self.world.now)
        self.counts["edits"] += 1
        self.story.append((record_id, f"rest {op}"))
        self.compare()

    # How devices reach the server.

    def device(self, which: int) -> Device:
        return self.devices[which % len(self.devices)]

    def attempt(self, device: Device, call: str) -> None:
        """Let a device do something that may fail, and see that nothing left its outbox without reason."""
        waited = {key_of(each) for each in device.copy.outbox()}
        self.calls = 0
        try:
            getattr(device.syncer, call)()
        except LostError:
            pass
        except Refused as refused:
            if refused.status not in {410, 503}:
                raise
        self.fate, self.more, self.world.cut_after = "delivered", {}, None
        here = {key_of(each) for each in [*device.copy.outbox(), *device.copy.attention()]}
        assert waited - here <= self.taken, "what never arrived is gone"

    def send(self, device: Device, method: str, path: str, given: Json) -> Json:
        self.calls += 1
        assert self.calls < MOST_CALLS, "a device syncs for ever"
        if method == "POST":
            self.late.append((device, given))
            if self.fate == "request lost":
                self.lose()
            answer = self.deliver(device, given)
            if self.fate == "sent twice":
                self.count(self.fate)
                answer = self.deliver(device, given)
            if self.fate == "answer lost":
                self.lose()
            return answer
        page = self.world.ask(self.signed_in, method, path, {**self.more, **given})
        if "boot" in page:
            self.more.pop("budget", None)
        if self.fate == "answer lost":
            self.lose()
        revisions = [each["rev"] for each in page["records"]]
        if "cursor" in given:
            assert page["cursor"] >= given["cursor"], "a cursor went back"
            assert all(rev > given["cursor"] for rev in revisions)
        assert (
            revisions == sorted(set(revisions), reverse="cursor" not in given and "ids" not in given) or "ids" in given
        )
        return page

    def count_of(self, record_id: str) -> int:
        return self.truths[record_id].count

    def lose(self) -> None:
        self.count(self.fate)
        raise LostError

    def deliver(self, device: Device, body: Json) -> Json:
        """What the server must make of a push that reaches it."""
        client, last = body["client"], self.arrived[body["client"]]
        fresh = [each for each in body["mutations"] if each["mid"] > last]
        head = self.head()
        try:
            answer = self.world.ask(self.signed_in, "POST", "/api/sync/push", body)
        except Refused as refused:
            code = refused.problem["code"]
            if code == "unavailable":
                self.count("cut in the middle")
            elif code == "resync":
                assert body["epoch"] not in {None, head[0]}
            elif code == "gap":
                assert fresh[0]["mid"] != last + 1
            elif code != "account":
                raise
            assert self.head() == head
            self.compare()
            raise
        self.met[client] = self.world.now
        assert body["epoch"] in {None, head[0]}
        refused = set[str]()
        for each in fresh:
            self.arrived[client] = each["mid"]
            self.taken.add(key_of(each))
            self.story.append((each["id"], f"{client[:4]} {each} {device.seen[key_of(each)]}"))
            try:
                ms = model.corrected(each["ms"], body["now"], self.world.now)
                model.take(self.truths, each, client, ms, device.seen[key_of(each)], self.world.now)
            except model.RefusedError:
                refused.add(key_of(each))
        self.refused |= refused
        assert answer["lastMid"] == self.arrived[client]
        told = {
            key_of(each) for each in body["mutations"] for reject in answer["rejects"] if reject["mid"] == each["mid"]
        }
        assert told <= self.refused
        assert told >= refused
        assert answer["rev"] == self.head()[1] >= head[1]
        assert fresh or self.head() == head, "what had arrived before took effect again"
        self.compare()
        return answer

    # What must be so, after everything that reached the server.

    def head(self) -> tuple[str, int]:
        ((epoch, rev),) = self.world.rows("SELECT epoch, rev FROM sync_head WHERE space_id = ?", self.mara.id)
        return epoch, rev

    def compare(self) -> None:
        """The server has what the model says. Otherwise tell how it came to that."""
        found = self.world.rows("SELECT id, deleted_at, body FROM record WHERE space_id = ?", self.mara.id)
        wrong = differences(self.truths, found, repeats=self.repeats)
        told = [story for each, story in self.story if wrong.startswith(each)]
        assert not wrong, "\n".join([wrong, *told[-30:]])

    def teardown(self) -> None:
        """The network heals: everything arrives, and all devices end equal to the server."""
        begun = time.monotonic()
        for _ in range(3):
            for device in self.devices:
                self.attempt(device, "sync")
        self.counts["longest drain, ms"] = max(
            self.counts["longest drain, ms"], round((time.monotonic() - begun) * 1000)
        )
        assert time.monotonic() - begun < LONGEST_DRAIN_S
        for device in self.devices:
            assert device.copy.outbox() == []
            stubs = [each for each, record in device.copy.records().items() if "stub" in record]
            if stubs:
                device.syncer.whole(stubs)
            assert {key_of(each) for each in device.copy.attention()} <= self.refused
        found = self.world.rows("SELECT id, rev, deleted_at, body FROM record WHERE space_id = ?", self.mara.id)
        kept = {row[0]: row[1:] for row in found if row[2] is None}
        for device in self.devices:
            shown = {key: each for key, each in device.copy.records().items() if each["deleted"] is None}
            assert {key: each["rev"] for key, each in shown.items()} == {key: row[0] for key, row in kept.items()}
            assert {key: each["body"] for key, each in shown.items()} == {
                key: msgspec.json.decode(row[2]) for key, row in kept.items()
            }
        self.compare()
        for record_id, wanted in self.must.items():
            truth = self.truths[record_id]
            here = msgspec.json.decode(kept[record_id][2]) if record_id in kept else {}
            lost = wanted - set(model.lines_of(here.get(TEXT[truth.collection], ""))) - truth.lines.removed
            told = [story for each, story in self.story if each == record_id]
            assert truth.blank or truth.deleted_at or not lost, "\n".join([f"not brought back: {lost}", *told[-30:]])

    # What a person does.

    def tick(self) -> None:
        self.world.now += 7

    def count(self, fault: str) -> None:
        self.counts[fault] += 1


def test_devices_on_a_bad_network_end_equal(
    settings: Settings, dialect: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(msgspec.structs.replace(settings, env="production"), monkeypatch)
    shared = Path("/dev/shm") if Path("/dev/shm").is_dir() else settings.data_dir  # noqa: S108  as quick as memory
    counts: Counter[str] = Counter()
    number = SEED
    with TemporaryDirectory(dir=shared) as folder:
        parts = {"world": world, "other": world.person(), "counts": counts, "folder": Path(folder)}
        try:
            while counts["edits"] < EDITS:
                run_state_machine_as_test(seed(number)(type("Machine", (Machine,), parts)), settings=CALLS)
                number += 1
        finally:
            world.close()
            told = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
            with capsys.disabled():
                print(f"\n{dialect}: AIOS_SEED={SEED} (last {number}): {told}")  # noqa: T201  what a long run is for
