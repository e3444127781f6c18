"""Compiled templates give what Jinja gives, byte for byte: a case for each construct, and all that is refused."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from markupsafe import Markup

from aios.web.device_templates import DeviceTemplateError, compile_templates
from tests.parity.device import FAILED, RUNTIME, Both, Device, templates

HOSTILE = "<b>&amp;\"quoted\" 'x'</b> \u2028 𝒳é\u200d"
CONTEXT: dict[str, Any] = {
    "text": HOSTILE,
    "html": Markup("<i>&amp;</i>"),
    "empty": "",
    "zero": 0,
    "one": 1,
    "many": 1204567,
    "less": -1204567,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": ["a", "<b>", "c", "𝒳"],
    "numbers": [3, 1, 2],
    "none": [],
    "dict": {"items": "mine", "keys": "<k>", "7": "seven", "__proto__": "proto", "toString": "own"},
    "blank": {},
    "pairs": [["a", 1], ["b", 2]],
    "rows": [{"name": "x", "on": True, "tags": ["p", "q"]}, {"name": "<y>", "on": False, "tags": []}],
}
PARTS = (
    '{% set public = "P" %}{% set _private = "Q" %}'
    '{% macro field(name, value="<d>", wide=false) %}[{{ name }}={{ value }}{% if wide %} wide{% endif %}]{% endmacro %}'
    "{% macro frame(title) %}<{{ title }}>{{ caller() }}</{{ title }}>{% endmacro %}"
    "{% macro each(items) %}{% for i in items %}{{ caller(i, loop.index) }}{% endfor %}{% endmacro %}"
    '{% macro _hidden(x) %}({{ x }}){% endmacro %}{% macro shows(x) %}{{ _hidden(x) }}{{ sprite }}{% endmacro %}'
    "{% macro outside() %}{{ text }}{% endmacro %}"
)
BASE = (
    "<html>{% block head %}<title>{% block title %}base{% endblock %}</title>{% endblock %}"
    "{% block body required %}{% endblock %}{% for x in list %}{% block row scoped %}{{ x }}{{ loop.index|text }}{% endblock %}"
    "{% endfor %}{{ text }}</html>"
)
SHARED = {
    "parts.html": PARTS,
    "base.html": BASE,
    "middle.html": '{% extends "base.html" %}{% block title %}middle {{ super() }}{% endblock %}{% block body %}mb{% endblock %}',
    "included.html": "({{ text }}{{ x }})",
    "loop.html": "{{ loop.index|text }}{{ loop.last and 'l' or '' }}",
    "shown.html": "{% if one %}shown{% endif %}",
}
CASES = {
    "escaping": "{{ text }}|{{ html }}|{{ '<&>\"' }}|{{ \"'\" }}",
    "constants": "{{ 1 }}{{ true }}{{ none }}{{ 'a' ~ 1 }}{{ [1, 'x'] }}{{ 1 + 2 * 3 }}{{ 7 // 2 }}{{ 'a b' | urlpath }}",
    "whitespace": "  {%- if one %}\n  a  \n  {% endif %}\n\n{# c #}\n  {{- text -}}  \n x\n",
    "newlines of data": "a\\b\n\t`${text}` </script> \u2028\u2029\x7f {{ text }}",
    "attributes": "{{ dict.items }}{{ dict['keys'] }}{{ dict['7'] }}{{ dict.__proto__ }}{{ dict.toString }}{{ list[0] }}{{ list.1 }}",
    "nested": "{% for row in rows %}{{ row.name }}{% for t in row.tags %}{{ t }}{% else %}-{% endfor %}{% endfor %}",
    "truth": (
        "{% for v in [text, empty, zero, one, yes, no, nothing, list, none, dict, blank, html, (), (1,)] %}"
        "{% if v %}1{% else %}0{% endif %}{% endfor %}"
    ),
    "safe truth": "{% if html %}1{% endif %}{% set e %}{% endset %}{% if not e %}0{% endif %}",
    "and or not": "{{ empty or text }}{{ one and text }}{{ nothing or zero or 'z' }}{{ (text and empty) ~ '|' }}{% if not (one and zero) %}n{% endif %}",
    "branches": "{% for n in numbers %}{% if n == 1 %}a{% elif n == 2 %}b{% else %}c{% endif %}{% endfor %}",
    "inline if": "{{ 'y' if yes else 'n' }}{{ text if none else html }}{{ 'a' if zero else 'b' if one else 'c' }}",
    "comparisons": (
        "{% for a in [1, 0, true, false, 'a', 'b', none, [1], [1, 2], (1,), {'a': 1}] %}{% for b in [1, true, 'a', none, [1], (1,), {'a': 1}] %}"
        "{% if a == b %}={% endif %}{% if a != b %}!{% endif %}{% endfor %}{% endfor %}"
    ),
    "chains": "{% if 1 < one + 1 < 3 %}a{% endif %}{% if 1 < one < 3 %}b{% endif %}{% if zero <= one == yes != 2 >= 2 > 1 %}c{% endif %}",
    "order of text": "{% if '\uffee' < '𝒳' %}points{% endif %}{% if 'a' < 'ab' %}p{% endif %}{% if 'Z' < 'a' %}c{% endif %}{% if yes > zero %}t{% endif %}",
    "equality of html": "{% if html == '<i>&amp;</i>' %}same{% endif %}",
    "in": "{% if 'a' in list and 'z' not in list and '𝒳' in text and 'items' in dict and 1 not in dict and [1] in [[1]] and 1 in [true] %}in{% endif %}",
    "not in": "{% if 'valueOf' in dict %}inherited{% endif %}{% if '1' in numbers %}text{% endif %}",
    "arithmetic": "{{ (many * 3 - 5)|text }} {{ (less // 7)|text }} {{ (less % 7)|text }} {{ (7 % -3)|text }} {{ (-7 // -2)|text }} {{ (-one)|text }} {{ (+yes)|text }} {{ (zero * -1)|text }}",
    "adding texts and lists": "{{ 'a' + text }}{{ html + text }}{{ text + html }}{% for x in list + ['z'] %}{{ x }}{% endfor %}",
    "joining": "{{ text ~ one ~ yes ~ nothing }}|{{ html ~ text }}|{{ text ~ html ~ '<' }}|{% set j = text ~ html %}{{ j }}",
    "slices": (
        "{{ text[1:4] }}|{{ text[-3:] }}|{{ text[::-1] }}|{{ html[:3] }}|"
        "{% for x in list[1:] %}{{ x }}{% endfor %}|{% for x in list[-1:0:-2] %}{{ x }}{% endfor %}|{% for x in (1, 2, 3)[::2] %}{{ x|text }}{% endfor %}"
        "{% for x in list[9:] %}{{ x }}{% else %}none{% endfor %}{{ text[none:2] }}{{ text[5:2] }}{{ text[:-40] }}{{ text[1:9:3] }}"
    ),
    "filters": (
        "{% for n in [zero, one, many, less, 999, 1000, -999, -1000, 9007199254740991] %}{{ n|number }} {{ n|text }} {% endfor %}"
        "{{ text|urlpath }}{{ \"!'()*-._~/?#%&+ ü\"|urlpath }}{{ dict|at('items') }}{{ dict|at('valueOf') }}{{ dict|at(1) }}"
        "{{ text|length|text }}{{ list|length|text }}{{ dict|length|text }}{{ html|length|number }}{{ html|urlpath }}"
    ),
    "filter block": "{% filter urlpath %}a {{ text }}/{% endfilter %}{% filter urlpath|urlpath %} é{% endfilter %}",
    "loop": "{% for x in list %}{{ loop.index|text }}{{ loop.index0|text }}{{ loop.length|text }}{{ 'f' if loop.first else '' }}{{ 'l' if loop.last else '' }}{{ x }} {% endfor %}",
    "inner loops": "{% for r in rows %}{% set outer = loop %}{% for t in r.tags %}{{ outer.index|text }}.{{ loop.index|text }} {% endfor %}{{ loop.index|text }}{% endfor %}",
    "loop of text": "{% for c in text %}[{{ c }}]{% endfor %}{% for c in html %}{{ c }}{% endfor %}",
    "else of a loop": "{% for x in [] %}x{% else %}{{ text }}{% endfor %}{% for x in list if x == 'q' %}x{% else %}no {{ text }}{% endfor %}",
    "filtered loop": "{% for x in list if x != '<b>' %}{{ loop.index|text }}/{{ loop.length|text }}{{ x }}{% if loop.last %}.{% endif %}{% endfor %}",
    "unpacking": "{% for a, b in pairs %}{{ a }}{{ b|text }}{% endfor %}{% for a, (b, c) in [(1, 'xy')] %}{{ b }}{{ c }}{% endfor %}{% set a, b = 'pq' %}{{ b }}{{ a }}{% set a, b = b, a %}{{ b }}{{ a }}",
    "unpacking with a filter": "{% for a, b in pairs if b > 1 %}{{ a }}{{ loop.index|text }}{% endfor %}",
    "set": "{% set x = text %}{{ x }}{% if one %}{% set x = 'in if' %}{% endif %}{{ x }}{% for i in list %}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
    "set in an untaken branch": "{% if zero %}{% set text = 'other' %}{% endif %}{{ text }}{% for i in list %}{% if loop.first %}{% set y = i %}{% else %}{% set y = 'z' %}{% endif %}{{ y }}{% endfor %}",
    "set block": "{% set x %}<p>{{ text }}</p>{% endset %}{{ x }}{{ x ~ '<' }}{% set y | urlpath %}a b{% endset %}{{ y }}{% set n | length %}abc{% endset %}{{ n }}",
    "with": "{% with a = text, b = 1 %}{{ a }}{% set c = a %}{% with a = 'inner' %}{{ a }}{{ b|text }}{{ c }}{% endwith %}{{ a }}{% endwith %}{% with text = text ~ '!' %}{{ text }}{% endwith %}{{ text }}",
    "kept undefined": "{% set x = missing %}{% set y = missing.a.b %}{% macro m(v) %}m{% endmacro %}{{ m(x) }}{{ m(missing) }}{% if [x] == [x] %}same{% endif %}",
    "macro": "{% macro m(a, b='<b>', c=b) %}{{ a }}{{ b }}{{ c }}{{ text }}{% endmacro %}{{ m('1') }}{{ m('1', '2') }}{{ m('1', c='<3>') }}{{ m(a='x', b=html) }}{% set r = m('<') %}{{ r }}{{ r ~ '<' }}",
    "macro that sees itself": "{% macro m(n) %}{{ n|text }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "macro scope": "{% set x = 'top' %}{% macro m() %}{{ x }}{% set x = 'in' %}{{ x }}{% endmacro %}{{ x }}{% set x = 'later' %}{{ x }}",
    "macro before its variable": "{% macro m() %}{{ x }}{% endmacro %}{% set x = 'late' %}{{ m() }}",
    "macro in a loop": "{% for i in list %}{% macro m() %}{{ i }}{{ loop.index|text }}{% endmacro %}{{ m() }}{% endfor %}",
    "varargs and kwargs": "{% macro m(a) %}{{ a }}{% for v in varargs %}{{ v }}{% endfor %}{{ kwargs|at('k') }}{{ kwargs|length|text }}{% endmacro %}{{ m('1', '2', '<3>', k='<k>', j='') }}",
    "caller": '{% from "parts.html" import frame, each %}{% call frame("b") %}<i>{{ text }}</i>{% endcall %}{% call(item, n) each(list) %}{{ item }}{{ n|text }}{{ text }}{% endcall %}',
    "caller with a default": "{% macro m(a, caller=none) %}{{ a }}{% if caller %}{{ caller() }}{% endif %}{% endmacro %}{{ m('1') }}{% call m('2') %}<c>{% endcall %}",
    "nested callers": '{% from "parts.html" import frame %}{% call frame("a") %}{% call frame("b") %}{{ text }}{% endcall %}{% endcall %}',
    "imports": '{% from "parts.html" import field as f, field, public, shows %}{{ f("<n>") }}{{ field("n", text, wide=true) }}{{ public }}{{ shows(text) }}',
    "import in a branch": '{% if one %}{% from "parts.html" import field %}{{ field("x") }}{% endif %}{{ field("y") }}',
    "import with context": '{% set extra = "E" %}{% from "parts.html" import outside with context %}{{ outside() }}{% macro m() %}{% from "parts.html" import outside with context %}{{ outside() }}{% endmacro %}{{ m() }}',
    "import of a module": '{% import "parts.html" as parts %}{% if parts %}there{% endif %}',
    "include": '{% set x = "<x>" %}{% include "included.html" %}{% for x in list %}{{ loop.index|text }}{% include "included.html" %}{% include "loop.html" %}{% endfor %}{% set s %}{% include "included.html" %}{% endset %}{{ s }}',
    "extends": '{% extends "base.html" %}{% block body %}{{ text }}{% endblock %}',
    "super": '{% extends "middle.html" %}{% block title %}<{{ super() }}>{{ super() }}{% endblock %}{% block row %}{{ super() }}{{ x }}{% endblock %}',
    "blocks see the top level": '{% extends "middle.html" %}{% from "parts.html" import field %}{% set a = "<a>" %}not shown {{ text }}{% if one %}{% set b = "B" %}{% endif %}{% block body %}{{ a }}{{ b }}{{ field(a) }}{% set a = "local" %}{{ a }}{% block inner %}{{ a }}{% endblock %}{% endblock %}',
    "scoped blocks": "{% for x in list %}{% block a scoped %}{{ x }}{{ loop.index|text }}{% block b scoped %}{{ x }}{% endblock %}{% endblock %}{% endfor %}",
    "block in a loop": "{% for x in numbers %}{% block a %}{{ text }}{% endblock %}{% endfor %}",
    "set of an outer loop": "{% for x in list %}{% set y = x %}{% for z in numbers %}{{ y }}{% set y = 'i' %}{{ y }}{% endfor %}{{ y }}{% endfor %}",
    "output before extends": '{{ text }}{% extends "middle.html" %}{{ text }}',
    "loops of a child are run": '{% extends "middle.html" %}{% for x in list %}{{ x }}{% include "shown.html" %}{% endfor %}{% set z %}{{ text }}{% endset %}{% block body %}{{ z }}{% endblock %}',
    "assets": "{{ sprite }}{{ asset('css/look.css') }}{% macro m() %}{{ asset('page/app.js') }}{% endmacro %}{{ m() }}{% set a = asset %}{{ a('css/look.css') }}",
    "own dicts": "{% set d = {'a': text, '__proto__': 'p', '1': 'one'} %}{{ d.a }}{{ d['__proto__'] }}{{ d['1'] }}{{ d|length|text }}{% if d == {'1': 'one', '__proto__': 'p', 'a': text} %}={% endif %}",
    "names of JavaScript": "{% set class = 'c' %}{% set await = 'a' %}{% set context = 'x' %}{% set templates = 't' %}{{ class }}{{ await }}{{ context }}{{ templates }}{% macro function(var, let='l', new='n') %}{{ var }}{{ let }}{{ new }}{% endmacro %}{{ function('v', new='m') }}",
    "a global that is covered": "{% set sprite = 'mine' %}{{ sprite }}",
}
ERRORS = {
    "an unknown name": "{{ missing }}",
    "an unknown key": "{{ dict.nothing }}",
    "an inherited name": "{{ dict.valueOf }}",
    "an inherited constructor": "{{ list.constructor }}",
    "the length of a list": "{{ list.length }}",
    "an item of an unknown one": "{{ missing.a }}",
    "the truth of an unknown one": "{% if missing %}{% endif %}",
    "not of an unknown one": "{% if not dict.nothing %}{% endif %}",
    "and with an unknown one": "{{ missing and text }}",
    "or with an unknown one": "{{ missing or text }}",
    "a loop over an unknown one": "{% for x in missing %}{% endfor %}",
    "an unknown one compared": "{% if missing == 1 %}{% endif %}",
    "compared with an unknown one": "{% if text != missing %}{% endif %}",
    "an unknown one in a list": "{% if missing in list %}{% endif %}",
    "in an unknown one": "{% if text in missing %}{% endif %}",
    "an unknown one in a dict": "{% if missing in dict %}{% endif %}",
    "an unknown one ordered": "{% if missing < 1 %}{% endif %}",
    "an unknown one joined": "{{ text ~ missing }}",
    "an unknown one called": "{{ missing() }}",
    "an unknown one added": "{{ (missing + 1)|text }}",
    "an unknown one cut": "{{ missing[1:] }}",
    "an unknown one filtered": "{{ missing|text }}",
    "the length of an unknown one": "{{ missing|length|text }}",
    "at of an unknown one": "{{ missing|at('x') }}",
    "at of an unknown key": "{{ dict|at(missing) }}",
    "at of a list": "{{ list|at('x') }}",
    "past the end": "{{ list[9] }}",
    "before the start": "{{ list[-1] }}",
    "a truth value as index": "{{ list[yes] }}",
    "an item of a tuple": "{{ ('a', 'b')[one] }}",
    "an item of a text": "{{ text[0] }}",
    "a number printed": "{{ one }}",
    "a truth value printed": "{{ yes }}",
    "None printed": "{{ nothing }}",
    "a list printed": "{{ list }}",
    "a dict printed": "{{ dict }}",
    "a macro printed": "{% macro m() %}{% endmacro %}{{ m }}",
    "a loop printed": "{% for x in list %}{{ loop }}{% endfor %}",
    "a place that loops do not have": "{% for x in list %}{{ loop.revindex|text }}{% endfor %}",
    "a place by item": "{% for x in list %}{{ loop['index']|text }}{% endfor %}",
    "loop outside a loop": "{{ loop.index|text }}",
    "a variable of a loop, later": "{% for x in list %}{% endfor %}{{ x }}",
    "a set of a loop, later": "{% for x in list %}{% set y = x %}{% endfor %}{{ y }}",
    "a set of a with, later": "{% with %}{% set y = 'y' %}{% endwith %}{{ y }}",
    "a set of a macro, later": "{% macro m() %}{% set y = 'y' %}{% endmacro %}{{ m() }}{{ y }}",
    "a set of another branch": "{% if zero %}{% set y = 'y' %}{% endif %}{{ y }}",
    "a block's set in another block": "{% block a %}{% set y = 'y' %}{% endblock %}{% block b %}{{ y }}{% endblock %}",
    "a loop's name in a block": "{% for x in list %}{% block a %}{{ x }}{% endblock %}{% endfor %}",
    "a name in its own with": "{% with a = 'x', b = a %}{{ b }}{% endwith %}",
    "text as a number": "{{ text|number }}",
    "true as a number": "{{ yes|text }}",
    "None as a path": "{{ nothing|urlpath }}",
    "a number as a path": "{{ one|urlpath }}",
    "a lone surrogate as a path": "{{ lone|urlpath }}",
    "the length of a number": "{{ one|length|text }}",
    "a loop over a number": "{% for x in one %}{% endfor %}",
    "a loop over None": "{% for x in nothing %}{% endfor %}",
    "too few to unpack": "{% for a, b in [['x']] %}{% endfor %}",
    "too many to unpack": "{% set a, b = 'xyz' %}",
    "text and numbers ordered": "{% if text < one %}{% endif %}",
    "None ordered": "{% if nothing < one %}{% endif %}",
    "lists of both kinds ordered": "{% if [1, 'a'] < [1, 2] %}{% endif %}",
    "a number in a text": "{% if one in text %}{% endif %}",
    "in a number": "{% if one in one %}{% endif %}",
    "a list in a dict": "{% if list in dict %}{% endif %}",
    "text and number added": "{{ text + one }}",
    "None added": "{{ (one + nothing)|text }}",
    "division by zero": "{{ (one // zero)|text }}",
    "the rest of a division by zero": "{{ (one % zero)|text }}",
    "minus a text": "{{ (-text)|text }}",
    "a step of zero": "{{ text[::zero] }}",
    "a text as bound": "{{ text['a':] }}",
    "a text called": "{{ text() }}",
    "too many values": "{% macro m(a) %}{% endmacro %}{{ m('1', '2') }}",
    "an unknown parameter": "{% macro m(a) %}{% endmacro %}{{ m(b='1') }}",
    "a value given twice": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m('1', a='1') }}",
    "a value that is not given": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}",
    "no caller": "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "a caller that is not wanted": "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}",
    "an import that is not there": '{% from "parts.html" import nobody %}{{ nobody() }}',
    "a private import": '{% from "middle.html" import field %}{{ field("x") }}',
    "an attribute of a module": '{% import "parts.html" as parts %}{{ parts.field("x") }}',
    "an import without context": '{% from "parts.html" import outside %}{{ outside() }}',
    "super without a parent": "{% block a %}{{ super() }}{% endblock %}",
    "super of super": '{% extends "middle.html" %}{% block title %}{{ super.super() }}{% endblock %}',
    "super printed": '{% extends "middle.html" %}{% block title %}{{ super }}{% endblock %}',
    "a required block": '{% extends "base.html" %}',
    "an asset that is not known": "{% set a = asset %}{{ a('x') }}",
    "a filter block of numbers": "{% filter length %}abc{% endfilter %}",
}


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


REFUSED = {
    "{{ a is defined }}": "there are no tests",
    "{% if a %}{{ a is none }}{% endif %}": "there are no tests",
    "{{ (a / 2) }}": "/ gives a fraction",
    "{{ (a ** 2)|text }}": "** can give a fraction",
    "{% if a == 1.5 %}{% endif %}": "fractions",
    "{{ 9007199254740992|text }}": "2 to the power of 53",
    "{% if a %}{{ a|upper }}{% endif %}": "there is no filter upper",
    "{{ a|at(key='x') }}": "the filter at takes 1 arguments",
    "{{ a|text(1) }}": "the filter text takes no arguments",
    "{% set d = {a: 1} %}": "keys of a dict",
    "{% set d = {1: 1} %}": "keys of a dict",
    "{{ 'a' if b }}": "an inline if needs an else",
    "{{ a(*b) }}": "without * and **",
    "{{ a(**b) }}": "without * and **",
    "{% for x in a recursive %}{% endfor %}": "recursive loops",
    "{% extends a %}": "one string that is written out",
    "{% include a %}": "one string that is written out",
    "{% include ['a', 'b'] %}": "one string that is written out",
    "{% include 'nothing.html' %}": "there is no template nothing.html",
    "{% include 'included.html' ignore missing %}": "ignore missing",
    "{% include 'included.html' without context %}": "without context",
    "{% import 'nothing.html' as x %}": "there is no template nothing.html",
    "{% from 'nothing.html' import x %}": "there is no template nothing.html",
    "{% if a %}{% extends 'base.html' %}{% endif %}": "extends must stand once",
    "{% extends 'base.html' %}{% extends 'base.html' %}": "extends must stand once",
    "{% block a %}{% endblock %}{% block b %}{{ self.a() }}{% endblock %}": "self",
    "{% set ns.a = 1 %}": "attributes cannot be set",
    "{% autoescape false %}{{ a }}{% endautoescape %}": "autoescape is always on",
    "{{ größe }}": "names are written in ASCII",
    "{% macro größe() %}{% endmacro %}": "names are written in ASCII",
    "{{ a(größe='1') }}": "names are written in ASCII",
    "{% block größe %}{% endblock %}": "names are written in ASCII",
    "{% from 'parts.html' import field as größe %}": "names are written in ASCII",
    "{{ asset(a) }}": "asset takes one string that is written out",
    "{{ asset('nothing.css') }}": "there is no static file nothing.css",
    "{% block a %}{% endblock %}{% block a %}{% endblock %}": "block 'a' defined twice",
    "{{ a|unknown }}": "there is no filter unknown",
    "{% if a %}": "Unexpected end of template",
    "{{ m(a=1, a=2) }}": "keyword argument repeated",
}


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
