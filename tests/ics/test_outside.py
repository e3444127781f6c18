"""Reading from outside: where it never goes, and where it ends."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import threading
import time
from typing import TYPE_CHECKING

import pytest

from aios.port.outside import Outside, OutsideError, fetch, is_public
from tests.ics.elsewhere import LOOPBACK, Elsewhere, elsewhere, reaching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PRIVATE = (
    "0.0.0.0",  # noqa: S104  never bound to
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "2001:2::1",
    "2001:20::1",
    "2001:db8::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fd00::5efe:101:101",
    "fe80::5efe:101:101",
    "2606:4700::5efe:10.0.0.1",
    "nonsense",
    "",
)
PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1")


@pytest.fixture
async def other() -> AsyncIterator[Elsewhere]:
    async with elsewhere() as made:
        yield made


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
async def test_nothing_of_this_machine_is_asked_however_it_is_written(other: Elsewhere, host: str) -> None:
    with pytest.raises(OutsideError):
        await Outside().get(other.url("/", host))
    assert other.asked == []


async def test_the_name_is_resolved_once_and_every_answer_checked(
    other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that first means a public address and then this machine leads nowhere else; mixed answers are refused."""
    loop = asyncio.get_running_loop()
    asked: list[str] = []
    answers = [LOOPBACK, "10.0.0.1"]

    async def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (answers[min(len(asked), 2) - 1], port))]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    other.give("/a", b"here")
    outside = Outside(lambda address: address == LOOPBACK)
    answer = await outside.get(other.url("/a", "calendar.example"))
    assert (answer.body, asked) == (b"here", ["calendar.example"])
    assert other.asked[0][1]["host"] == f"calendar.example:{other.port}"
    with pytest.raises(OutsideError, match="private network"):
        await outside.get(other.url("/a", "calendar.example"))

    async def mixed(_: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (LOOPBACK, port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(loop, "getaddrinfo", mixed)
    with pytest.raises(OutsideError, match="private network"):
        await outside.get(other.url("/a", "calendar.example"))


async def test_redirects_are_followed_and_each_is_checked(other: Elsewhere) -> None:
    outside = reaching(LOOPBACK)
    other.give("/end", b"here")
    other.lead("/a", "/b")
    other.lead("/b", other.url("/end"))
    assert (await outside.get(other.url("/a"))).body == b"here"
    for path, location in (
        ("/in", other.url("/end", "127.0.0.2")),
        ("/file", "file:///etc/passwd"),
        ("/no", "ftp://a/"),
    ):
        other.lead(path, location)
        with pytest.raises(OutsideError):
            await outside.get(other.url(path))
    for location in ("http://[::1", "//[", "http://a:b:c/", "http://a:99999/"):
        other.lead("/broken", location)
        with pytest.raises(OutsideError):
            await outside.get(other.url("/broken"))
    other.give("/%C3%A9", b"accent")
    other.answers["/raw"] = "HTTP/1.1 302 Found\r\nLocation: /é\r\nContent-Length: 0\r\n\r\n".encode()
    assert (await outside.get(other.url("/raw"))).body == b"accent"
    other.lead("/round", "/round")
    with pytest.raises(OutsideError, match="without an end"):
        await outside.get(other.url("/round"))


async def test_size_and_time_are_bounded(other: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1_000)
    outside = reaching(LOOPBACK, most_s=1)
    other.give("/large", b"x" * 1_001)
    other.give("/packed", gzip.compress(b"x" * 1_000_000), "Content-Encoding: gzip\r\n")
    for path in ("/large", "/packed"):
        with pytest.raises(OutsideError, match="larger"):
            await outside.get(other.url(path))
    other.give("/small", gzip.compress(b"small"), "Content-Encoding: gzip\r\n")
    assert (await outside.get(other.url("/small"))).body == b"small"
    other.pause_s = 3
    with pytest.raises(OutsideError, match="more than"):
        await outside.get(other.url("/small"))


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 999999 x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
async def test_answers_that_are_none_are_errors_with_a_sentence(other: Elsewhere, wire: bytes) -> None:
    other.answers["/"] = wire
    with pytest.raises(OutsideError) as caught:
        await reaching(LOOPBACK).get(other.url("/"))
    assert caught.value.detail


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "https://",
        "ftp://example.org/a",
        "https://example.org:25/a",
        "https://a:b@example.org/",
        "https://[::1",
        "https://example.org:99999/",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 3_000,
    ],
)
def test_addresses_that_are_refused_at_once(url: str) -> None:
    with pytest.raises(OutsideError):
        fetch.check(url)


def test_webcal_is_https() -> None:
    assert fetch.check("webcal://example.org/a b.ics").geturl() == "https://example.org/a%20b.ics"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://münchen.de/x", "https://xn--mnchen-3ya.de/x"),
        ("webcal://straße.de:8443/ä?ö=1", "https://xn--strae-oqa.de:8443/%C3%A4?%C3%B6=1"),
        ("https://例え.テスト/a b", "https://xn--r8jz45g.xn--zckzah/a%20b"),
    ],
)
def test_hosts_beyond_ascii_are_asked_by_their_names_in_ascii(url: str, found: str) -> None:
    assert fetch.check(url).geturl() == found


def test_hosts_that_are_no_names() -> None:
    for url in (
        "https://ü@example.org/",
        "https://\u2028.example/",
        "https://ü..example/",
        "https://" + "ü" * 300 + "/",
    ):
        with pytest.raises(OutsideError):
            fetch.check(url)


async def test_tags_that_cannot_be_sent_back_do_not_count(other: Elsewhere) -> None:
    outside = reaching(LOOPBACK)
    for tag in ("é", "x" * 300):
        other.answers["/"] = f'HTTP/1.1 200 OK\r\nETag: "{tag}"\r\nContent-Length: 1\r\n\r\na'.encode("latin-1")
        assert await outside.get(other.url("/")) == (b"a", "", "", "")
    assert (await outside.get(other.url("/"), etag='"é"')).body == b"a", "one that was kept before"
    assert "if-none-match" not in other.asked[-1][1]


async def test_interim_answers_end(other: Elsewhere) -> None:
    interim, real = b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
    other.answers["/"] = 3 * interim + real
    assert (await reaching(LOOPBACK).get(other.url("/"))).body == b"a"
    other.answers["/"] = 100 * interim + real
    with pytest.raises(OutsideError, match="cannot be read"):
        await reaching(LOOPBACK).get(other.url("/"))


async def test_what_follows_the_end_of_what_is_packed_is_not_read(other: Elsewhere) -> None:
    other.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"here")
    other.endless["/"] = bytes(50_000)
    assert (await reaching(LOOPBACK, most_s=3).get(other.url("/"))).body == b"here"


async def test_answers_in_tiny_parts_end_and_let_others_run(other: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    other.answers["/"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    other.endless["/"] = b"1\r\na\r\n" * 10_000
    monkeypatch.setattr(fetch, "MOST_PARTS", 30_000, raising=False)
    longest, ended = 0.0, False

    async def watch() -> None:
        nonlocal longest
        while not ended:
            begun = time.thread_time()  # of this thread alone: other processes do not count
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - begun)

    watching = asyncio.create_task(watch())
    with pytest.raises(OutsideError, match="larger"):
        await reaching(LOOPBACK, most_s=20).get(other.url("/"))
    ended = True
    await watching
    assert longest < 0.04


async def test_what_is_sent_counts_and_not_only_what_is_in_it(
    other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MOST_WIRE", 100_000, raising=False)
    other.answers["/"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    other.endless["/"] = b"1;" + b"x" * 900 + b"\r\na\r\n"
    with pytest.raises(OutsideError, match="larger"):
        await reaching(LOOPBACK, most_s=3).get(other.url("/"))


async def test_certificates_are_read_once_and_not_by_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[threading.Thread] = []
    real = ssl.create_default_context

    def create() -> ssl.SSLContext:
        readers.append(threading.current_thread())
        return real()

    monkeypatch.setattr(ssl, "create_default_context", create)
    outside = reaching(LOOPBACK)
    async with elsewhere() as gone:
        pass
    for _ in range(2):
        with pytest.raises(OutsideError):
            await outside.get(gone.url("/").replace("http:", "https:"))
    assert len(readers) == 1
    assert readers[0] is not threading.main_thread()
