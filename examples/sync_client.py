"""A sync client for AIOS of Python's standard library alone: the reference for writing another one (docs/sync.md).

It keeps a copy of one account's records in a file, works without a network, and syncs when told:

    python examples/sync_client.py mara.db sign-in http://localhost:5000 mara     (asks for the password)
    python examples/sync_client.py mara.db add notes title="Roof" bodyMarkdown="The north beam"
    python examples/sync_client.py mara.db set ID isPinned=true tags/work=true tags/draft=null
    python examples/sync_client.py mara.db delete ID
    python examples/sync_client.py mara.db list notes
    python examples/sync_client.py mara.db sync
    python examples/sync_client.py mara.db refused

`sync_copy.py` is the file, `sync_replay.py` what a change does to a record; here is the protocol.
"""

from __future__ import annotations

import getpass
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from sync_copy import Copy
from sync_replay import Json

if TYPE_CHECKING:
    from collections.abc import Callable

    Send = Callable[[str, str, Json], Json]

RESYNC = 410
MOST_SKEW_MS = 60_000
"""A clock that is off by more is corrected by the server (push 4)."""


class Refused(Exception):  # noqa: N818  it is an answer
    """The server answered with an error; `problem` is its body (RFC 9457) with a `code`."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status, self.problem = status, problem


class Syncer:
    """Brings a copy and the server together. Each step may be cut anywhere, and is repeated by the next call.

    `send(method, path, given)` gives the answer's JSON, or raises Refused or OSError; `given` are the parameters of a
    GET and the body of a POST.
    """

    def __init__(self, copy: Copy, send: Send) -> None:
        self.copy = copy
        self.send = send

    def sync(self) -> None:
        """Send what waits, then fetch what is new, until nothing waits. Raises Refused and OSError: try again later."""
        while True:
            try:
                self.push()
                self.pull()
            except Refused as refused:
                if refused.status != RESYNC:
                    raise
                self.resync()
            else:
                if not self.copy.outbox():
                    return

    def resync(self) -> None:
        """What this copy knows leads nowhere: read everything again. What waits, waits on."""
        with self.copy.changes():
            self.copy.set(cursor=None, boot=None)

    def push(self) -> None:
        """Send the outbox, in pieces that the server takes."""
        copy = self.copy
        if copy.meta("epoch") is not None and copy.meta("cursor") is None:
            return  # first everything is read again: what was sent in an epoch that has ended is refused
        while waiting := copy.unsent():
            epoch, now = copy.meta("epoch"), copy.clock()
            rest = len(copy.outbox()) - len(waiting)
            body = {**self._who(), "epoch": epoch, "schema": 1, "now": now, "waiting": rest, "mutations": waiting}
            try:
                answer = self.send("POST", "/api/sync/push", body)
            except Refused as refused:
                if refused.problem.get("code") != "gap":
                    raise
                with copy.changes():  # the server knows another past of this client, so be another
                    copy.leave(refused.problem["lastMid"])
                    copy.become_another()
                continue
            with copy.changes():
                copy.set(lastMid=max(answer["lastMid"], copy.meta("lastMid", 0)))
                copy.refuse(answer["rejects"])

    def pull(self) -> None:
        """Fetch what is new; everything, when nothing is known yet."""
        copy = self.copy
        while copy.meta("cursor") is None:
            self._bootstrap()
        more = True
        while more:
            asked = {"epoch": copy.meta("epoch"), "cursor": copy.meta("cursor"), "ack": copy.meta("acked", 0)}
            page = self.send("GET", "/api/sync/pull", {**self._who(), **asked})
            more = page["more"]
            with copy.changes():
                for record in page["records"]:
                    copy.keep(record)
                copy.refuse(page["rejects"])
                copy.set(cursor=page["cursor"])
                if not more:  # only now is the effect of what was sent certainly here
                    copy.leave(page["lastMid"])
                    if page["lastMid"] < copy.meta("lastMid", 0):  # away for so long that the server forgot this client
                        copy.become_another()

    def whole(self, ids: list[str]) -> None:
        """Fetch the whole bodies of stubs."""
        given = {"account": self.copy.meta("account"), "ids": ",".join(ids)}
        answer = self.send("GET", "/api/sync/records", given)
        with self.copy.changes():
            for record in answer["records"]:
                self.copy.keep(record)

    def _bootstrap(self) -> None:
        """One page of the first sync; where it was cut, it goes on."""
        copy = self.copy
        boot = copy.meta("boot")
        asked = {"epoch": copy.meta("epoch"), **boot} if boot else {}
        page = self.send("GET", "/api/sync/pull", {**self._who(), **asked})
        skew = copy.clock() - page["now"]
        with copy.changes():
            if boot is None:
                copy.set(generation=copy.meta("generation", 0) + 1)
                if copy.meta("epoch") not in {None, page["epoch"]}:  # restored from a backup: it has lost something
                    copy.heal(page["restored"])
            for record in page["records"]:
                copy.meet(record["id"], record, skew if abs(skew) > MOST_SKEW_MS else 0)
            copy.set(epoch=page["epoch"], boot={name: page[name] for name in ("boot", "before")})
            if not page["more"]:
                copy.drop_unseen(skew if abs(skew) > MOST_SKEW_MS else 0)
                copy.set(cursor=page["cursor"], boot=None, restored=None)

    def _who(self) -> Json:
        return {"account": self.copy.meta("account"), "client": self.copy.meta("client")}


def connect(url: str, token: str = "") -> Send:
    """How to ask a server over HTTP, signed in by a bearer token."""
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}

    def send(method: str, path: str, given: Json) -> Json:
        query = {name: value for name, value in given.items() if value is not None}
        address = f"{url}{path}?{urllib.parse.urlencode(query)}" if method == "GET" else url + path
        data = None if method == "GET" else json.dumps(given).encode()
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                found: Json = json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.loads(error.read() or b"{}")) from error
        return found

    return send


def sign_in(copy: Copy, url: str, username: str, password: str) -> None:
    """Get a token; it lasts a week. Local use goes on without one, and when it has ended."""
    answer = connect(url)("POST", "/api/auth/login", {"username": username, "password": password})
    copy.begin(answer["user"]["id"])
    with copy.changes():
        copy.set(url=url, token=answer["token"])


def main(path: str, command: str, *given: str) -> int:
    """Do what the command line says. Gives the exit status."""
    copy = Copy(path)
    try:
        if command == "sign-in":
            sign_in(copy, *given[:2], password=given[2] if given[2:] else getpass.getpass())  # type: ignore[misc]
        elif command == "sync":
            Syncer(copy, connect(copy.meta("url"), copy.meta("token"))).sync()
        elif command == "add":
            print(copy.create(given[0], _fields(given[1:])))
        elif command == "set":
            copy.update(given[0], _fields(given[1:]))
        elif command in {"delete", "restore"}:
            getattr(copy, command)(given[0])
        elif command == "refused":
            print(*map(json.dumps, copy.attention()), sep="\n")
        else:
            living = [each for each in copy.records().values() if each["deleted"] is None]
            print(*(json.dumps(each["body"]) for each in living if each["collection"] == given[0]), sep="\n")
    except (Refused, OSError, KeyError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _fields(given: tuple[str, ...]) -> Json:
    """`name=value` pairs; a value that is no JSON is a text."""
    fields: Json = {}
    for each in given:
        name, _, value = each.partition("=")
        try:
            fields[name] = json.loads(value)
        except ValueError:
            fields[name] = value
    return fields


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
