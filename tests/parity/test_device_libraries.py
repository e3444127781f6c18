"""The device's base libraries give what the server's give. `AIOS_EXAMPLES=10000` runs as many examples of each."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aios import errors
from aios.modules import forms
from aios.records import clock, ids, query, text
from aios.web.assets import Assets
from aios.web.pages import parse_form
from aios.web.templates import PACKAGE
from tests.parity.libraries import Failed, Libraries, outcome, same

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "100"))
check = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
ASSIGNED = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
]
"""Characters of Python's Unicode; engines carry that version or a later one, and categories hardly ever change."""
SINGLE = [
    each for each in ASSIGNED if not ("\u3400" <= each <= "\u9fff" or "\uac00" <= each <= "\ud7ff" or each > "\uffff")
]
SURROGATES = [chr(code) for code in range(0xD800, 0xE000, 0x1FF)]
ODD = [
    *text.SPACES,
    *"\x00\x1c\x1f\u200b\u0345\u0334\u0301\u0130İΣ\u03c3ς\u017f\u212a\ufb01ßẞ文😀𐄀\uffff\U0010ffff",
    "\r\n",
    "\r",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"])) | st.lists(
    st.sampled_from(ODD) | st.sampled_from(ASSIGNED)
).map("".join)
RAW = st.lists(st.sampled_from([*ODD, *SURROGATES, "a", "\n"])).map("".join)


@check
@given(RAW)
def test_normalise(libraries: Libraries, given_text: str) -> None:
    # A pair of surrogates cannot be told from one character beyond U+FFFF once it has crossed.
    whole = given_text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert libraries("text.normalise", whole) == text.normalise(whole)


@check
@given(TEXTS, st.integers(0, 200))
def test_text(libraries: Libraries, given_text: str, count: int) -> None:
    device = libraries.all(
        [(f"text.{name}", [given_text]) for name in ("fold", "sortKey", "trim", "countWords", "length", "textHash")]
        + [("text.head", [given_text, count])]
    )
    assert device == [
        text.fold(given_text),
        text.sort_key(given_text),
        text.trim(given_text),
        text.count_words(given_text),
        len(given_text),
        text.text_hash(given_text),
        given_text[:count],
    ]


@check
@given(TEXTS, TEXTS)
@example("\U0001f600", "\ufffd")
@example("a\ud7ff", "a\U00010000")
def test_order_is_by_code_point(libraries: Libraries, one: str, other: str) -> None:
    found = libraries("text.compare", one, other)
    assert (found > 0) - (found < 0) == (one > other) - (one < other)


def test_every_character_folds_alike(libraries: Libraries) -> None:
    lines = [f"{each} a{each}\u0301B {each}Σ Σ{each}a" for each in ASSIGNED]
    blocks = ["\n".join(lines[at : at + 500]) for at in range(0, len(lines), 500)]
    device = "\n".join(libraries.all([("text.fold", [each]) for each in blocks])).split("\n")
    server = "\n".join(map(text.fold, blocks)).split("\n")
    assert [pair for pair in zip(device, server, strict=True) if pair[0] != pair[1]] == []


def test_spaces_are_the_same_set(libraries: Libraries) -> None:
    device = libraries.all([("text.trim", [each]) for each in SINGLE])
    assert {each for each, left in zip(SINGLE, device, strict=True) if not left} == text.SPACES


@check
@given(st.text(), st.text(), st.text())
def test_implied_ids(libraries: Libraries, space: str, collection: str, key: str) -> None:
    assert libraries("ids.impliedId", space, collection, key) == ids.implied_id(space, collection, key)


def test_ids(libraries: Libraries) -> None:
    made = libraries.all([("ids.newId", [])] * 50)
    assert len(set(made)) == 50
    assert all(ids.is_id(each) and each[14] == "7" and each[19] in "89ab" for each in made)
    assert abs(int(made[-1].replace("-", "")[:12], 16) - clock.now_ms()) < 60_000
    wrong = [
        made[0].upper(),
        f"{made[0]}\n",
        f" {made[0]}",
        made[0][:-1],
        made[0].replace("-", ""),
        "",
        f"g{made[0][1:]}",
    ]
    assert libraries.all([("ids.isId", [each]) for each in [*made, *wrong]]) == [True] * 50 + [False] * len(wrong)


INSTANTS = st.one_of(
    st.integers(-62_135_596_800_000, 253_402_300_799_999).map(clock.to_wire),
    st.datetimes(timezones=st.timezones() | st.none()).map(str),
    st.from_regex(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?"
        "(Z|[+-][0-2][0-9]:[0-6][0-9])",
        fullmatch=True,
    ),
    st.text("0123456789-:TZ+. \n", max_size=30),
)


@check
@given(INSTANTS)
@example("0000-01-01T00:00:00Z")
@example("1900-02-29T00:00:00Z")
@example("2000-02-29T00:00:00Z")
@example("2026-00-10T00:00:00Z")
@example("2026-13-10T00:00:00Z")
@example("2026-01-01T00:00:00Z\n")
def test_reading_instants(libraries: Libraries, instant: str) -> None:
    assert same(libraries("clock.fromWire", instant), outcome(clock.from_wire, instant))


@check
@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
@example(-62_135_596_800_001)
@example(253_402_300_800_000)
@example(-1)
def test_writing_instants(libraries: Libraries, ms: int) -> None:
    assert same(libraries("clock.toWire", ms), outcome(clock.to_wire, ms))


PIECES = st.sampled_from(
    [
        *[
            "a",
            "b",
            "=",
            "&",
            ";",
            "+",
            "%",
            "%2",
            "%zz",
            "%41",
            "%e2%82%ac",
            "%E2%82",
            "%ff",
            "%ed%a0%80",
            "%f0%9f%98",
        ],
        *["%F0%9F%98%80", "%ef%bb%bf", "\ufeff", "é", "😀", "%00", "%0d%0a", "%0D", "%0a", "\r\n", "\r", "%25", "%c3é"],
        "__proto__",
    ]
)
BODIES = st.one_of(
    st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode()),
    st.binary(max_size=40),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=4).map(
        lambda pairs: "&".join("=".join(pair) for pair in pairs).encode()
    ),
)


@check
@given(BODIES)
@example(b"")
@example(b"a&=b&=&&a=")
@example(b"&" * 1_999)
@example(b"&" * 2_000)
@example(b"a=1&a=2&b=3&a=1")
def test_forms_are_read_alike(libraries: Libraries, body: bytes) -> None:
    server = outcome(parse_form, body)
    device = libraries("forms.parseForm", body)
    assert same(device, server)
    if not isinstance(server, Failed):
        assert list(device) == list(server)
        assert libraries("forms.parseForm", body.decode()) == server
    else:
        assert device == server == "InvalidError"


FORMS = st.dictionaries(
    st.sampled_from(["id", "next", "text", "bases.text", "shown.text", "shown.list", "list", "baseRev", "x"]),
    st.lists(
        st.sampled_from(["", "/m", "/m/", "/m?x", "/mx", "//m", "/m/é", "/m/ ", "/m/\n", "new", "t\r\n", "t\n"])
        | st.just(hashlib.sha256(b"t\n").hexdigest())
        | st.just("019ab2c4-0000-7000-8000-000000000000")
        | st.sampled_from(["7", "007", "1099511627776", "1099511627775", "٣", "-1", "1e3", "9" * 16])
        | TEXTS,
        max_size=2,
    ),
)


@check
@given(FORMS)
def test_what_submits_read_in_forms(libraries: Libraries, form: dict[str, list[str]]) -> None:
    crossing = {"$form": list(form.items())}
    asked: Any = make_query({})
    typed = {"text": forms.value(form, "text"), "list": [forms.value(form, "list")]}
    shown = {"text": "as it is", "constructor": "é"}
    assert libraries.all(
        [
            ("forms.value", [crossing, "text"]),
            ("forms.recordId", [crossing, {"newId": asked.new_id}]),
            ("forms.nextPath", [crossing, "m", "/m/1"]),
            ("forms.edited", [crossing, typed]),
            ("forms.bases", [crossing, "text", "other"]),
            ("forms.seenRev", [crossing]),
            ("forms.shown", [{"form": {"shown.text": "t"}}, shown]),
        ]
    ) == [
        forms.value(form, "text"),
        forms.record_id(form, asked),
        forms.next_path(form, "m", "/m/1"),
        forms.edited(form, typed),
        forms.bases(form, "text", "other"),
        forms.seen_rev(form),
        forms.shown(msgspec.structs.replace(asked, form={"shown.text": "t"}), shown),
    ]


def test_what_is_visible(libraries: Libraries) -> None:
    given_texts = [*SINGLE, "", " \u200b", " \u200ba"]
    device = libraries.all([("forms.visible", [each]) for each in given_texts])
    assert device == [forms.visible(each) for each in given_texts]


PARAMS = st.dictionaries(
    st.sampled_from(["page", "q", "toString", "__proto__", "@now"]),
    TEXTS | st.sampled_from(["0", "1", "007", "9999", "10000", "٣", "1 ", "-1", "1\n", "²"]),
)
VALUES = st.none() | TEXTS | st.builds(query.Param, st.sampled_from(["q", "page", "@now", "toString"]), st.booleans())


@check
@given(PARAMS, VALUES)
def test_queries(libraries: Libraries, params: dict[str, str], value: query.Value | None) -> None:
    asked = make_query(params)
    crossing = {"params": params, "bounds": asked.bounds, "form": params}
    sent = {"name": value.name, "fold": value.fold} if isinstance(value, query.Param) else value
    assert libraries.all(
        [
            ("query.get", [crossing, "toString"]),
            ("query.get", [crossing, "q", "none"]),
            ("query.typed", [crossing, "q", "none"]),
            ("query.pageNumber", [crossing]),
            ("query.pageNumber", [crossing, "q"]),
            ("query.resolve", [sent, crossing]),
        ]
    ) == [
        asked.get("toString"),
        asked.get("q", "none"),
        params.get("q", "none"),
        query.page_number(asked),
        query.page_number(asked, "q"),
        query.resolve(value, asked),
    ]


@pytest.mark.parametrize(
    ("made", "arguments"),
    [
        (errors.AiosError("a"), ["a"]),
        (errors.InvalidError("a"), ["a"]),
        (errors.ForbiddenError("a"), ["a"]),
        (errors.NotFoundError("a"), ["a"]),
        (errors.MethodNotAllowedError("a", allow="GET"), ["a", "GET"]),
        (errors.ConflictError("a", code="exists"), ["a", "exists"]),
        (errors.ConflictError("a"), ["a"]),
        (errors.PreconditionError("a"), ["a"]),
        (errors.TooLargeError("a"), ["a"]),
        (errors.UnavailableError("a"), ["a"]),
    ],
)
def test_errors(libraries: Libraries, made: errors.AiosError, arguments: list[str]) -> None:
    name = type(made).__name__
    device = libraries(f"errors.{name}", *arguments)
    assert (device["type"], device["message"]) == (name, "a")
    assert device["status"] == made.status
    assert device["code"] == made.code
    assert device["detail"] == made.detail
    assert device["headers"] == made.headers
    assert device.get("reason") == getattr(made, "reason", None)
    assert device.get("errors") == ([] if isinstance(made, errors.InvalidError) else None)


def test_the_vendored_files_say_their_version() -> None:
    files = Assets(PACKAGE / "static")
    version = files.read("vendor/markdown-it/VERSION").decode().strip()
    assert files.read("vendor/markdown-it/markdown-it.min.js").startswith(f"/*! markdown-it {version} ".encode())


def make_query(params: dict[str, str]) -> query.Query:
    return query.Query(
        params=params,
        now="",
        zone="UTC",
        new_id="new",
        day="",
        bounds={"@now": "2026-11-24T09:08:00.000Z"},
        user="",
        space="",
        settings={},
    )
