"""Compiled templates give what Jinja gives, byte for byte: a case for each construct, and all that is refused."""

from __future__ import annotations

import gzip

import pytest

from aios.web.device_templates import DeviceTemplateError, compile_templates
from tests.parity.cases import CASES, CONTEXT, ERRORS, REFUSED, SHARED, STRICTER
from tests.parity.device import FAILED, RUNTIME, Both, Device, templates


@pytest.fixture(scope="session")
def both(device: Device) -> Both:
    cases = {f"case/{name}": source for name, source in {**CASES, **ERRORS}.items()}
    return Both(device, {**{f"{name}.html": source for name, source in cases.items()}, **SHARED})


@pytest.mark.parametrize("name", CASES)
def test_each_construct_gives_the_same_bytes(both: Both, name: str) -> None:
    rendered = both.render(f"case/{name}.html", CONTEXT)
    assert rendered.server is not FAILED
    assert rendered.device == rendered.server, rendered.error


@pytest.mark.parametrize("name", ERRORS)
def test_what_fails_on_one_side_fails_on_the_other(both: Both, name: str) -> None:
    rendered = both.render(f"case/{name}.html", {**CONTEXT, "lone": "\ud800"})
    assert rendered.server is FAILED
    assert rendered.device is FAILED
    assert rendered.error.startswith(("Error: ", "URIError: ")), rendered.error


def test_lone_surrogates_are_printed_alike(both: Both) -> None:
    rendered = both.render("included.html", {"text": "<\ud800>", "x": "\udc00"})
    assert rendered.device == rendered.server == "(&lt;\ud800&gt;\udc00)"


@pytest.mark.parametrize("source", STRICTER)
def test_where_a_device_is_stricter(device: Device, source: str) -> None:
    rendered = Both(device, {"page.html": source}).render("page.html", CONTEXT)
    assert rendered.server is not FAILED
    assert rendered.error == f"Error: Cannot {STRICTER[source]}"


def test_a_fragment_is_one_block_with_what_stands_before_it(device: Device) -> None:
    page = (
        '{% extends "base.html" %}{% from "parts.html" import field %}{% set a = "<a>" %}'
        "{% block body %}{% block rows %}{{ field(a) }}{{ text }}{% endblock %}{% endblock %}"
    )
    own = "{% set a = text %}{% block first %}shown {{ missing }}{% endblock %}{% block second %}{{ a }}{% endblock %}"
    made = Both(device, {**SHARED, "page.html": page, "own.html": own})
    for name, fragment in (("page.html", "rows"), ("page.html", "title"), ("own.html", "second")):
        rendered = made.render(name, CONTEXT, fragment)
        assert rendered.server
        assert rendered.device == rendered.server, rendered.error
    assert made.render("page.html", CONTEXT, "nothing")[:2] == (FAILED, FAILED)
    assert made.render("nothing.html", CONTEXT)[:2] == (FAILED, FAILED)


@pytest.mark.parametrize("source", REFUSED)
def test_what_cannot_be_carried_names_its_place(source: str) -> None:
    made = templates({**SHARED, "x/page.html": source if "repeated" in REFUSED[source] else f"\n\n{source}"})
    with pytest.raises(DeviceTemplateError) as caught:
        compile_templates(made.environment, made.names())
    (refusal, *_) = caught.value.refusals
    line = 1 if "repeated" in REFUSED[source] else 3
    assert (refusal.template, refusal.line) == ("x/page.html", line)
    assert REFUSED[source] in str(caught.value)
    assert f"x/page.html, line {line}: " in str(caught.value)


def test_all_of_the_set_is_refused_at_once() -> None:
    made = templates({"b.html": "{{ 1 / a }}\n{{ b is none }}", "a.html": "{{ 1.5 }}", "c.html": "{% if %}"})
    with pytest.raises(DeviceTemplateError) as caught:
        compile_templates(made.environment, [*made.names(), "d.html"])
    places = [(each.template, each.line) for each in caught.value.refusals]
    assert places == [("a.html", 1), ("b.html", 1), ("b.html", 2), ("c.html", 1), ("d.html", 1)]


def test_globals_are_strings_and_asset() -> None:
    made = templates({"a.html": "a"})
    made.environment.globals["range"] = range
    with pytest.raises(DeviceTemplateError, match="globals"):
        compile_templates(made.environment, made.names())


def test_equal_templates_give_equal_text() -> None:
    first, second = templates(SHARED), templates(dict(reversed(SHARED.items())))
    text = compile_templates(first.environment, first.names())
    assert text == compile_templates(second.environment, list(reversed(second.names())) * 2)


def test_the_runtime_is_small() -> None:
    assert len(gzip.compress(RUNTIME.read_bytes(), 9)) <= 4096
