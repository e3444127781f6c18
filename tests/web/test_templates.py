"""The narrow Jinja of parity.md, and the templates that all modules share."""

import re
from typing import Any

import pytest
from jinja2 import DictLoader, TemplateSyntaxError, UndefinedError
from markupsafe import Markup

from aios.records.query import NO_COPY
from aios.web.assets import Assets
from aios.web.templates import PACKAGE, Templates

STATIC = PACKAGE / "static"
ASSETS = Assets(STATIC)
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/icons.svg").read_text()))
SHELL: dict[str, Any] = {
    "title_suffix": " · AIOS",
    "theme": "dark",
    "accent": "cyan",
    "account": "019ab2c4-90aa-7b1f-8a35-20c7f41d9e02",
    "user": "mara",
    "device": NO_COPY,
    "initials": "MA",
    "nav": [
        {
            "name": "notebook",
            "title": "Notebook",
            "icon": "notebook-pen",
            "href": "/notebook",
            "current": True,
            "jump": "n",
        }
    ],
    "modules": [],
    "tabs": [{"title": title, "icon": "pin", "href": f"/{title}", "current": False} for title in ("a", "b", "c")],
    "places": [{"title": "Trash", "icon": "trash-2", "href": "/trash", "current": False, "jump": "t"}],
    "makes": [{"href": "/notebook/new", "label": "New note", "icon": "notebook-pen", "current": True}],
    "captures": [{"name": "notebook", "label": "Note", "current": True}],
    "new_id": "019ab2c4-90aa-7b1f-8a35-20c7f41d9e03",
    "keys": True,
    "made": None,
}
PAGE: dict[str, Any] = {
    "title": "Things",
    "shell": SHELL,
    "page": {"path": "/notebook", "module": "notebook"},
    "toast": None,
    "errors": {},
    "form_error": "",
}


def templates(**sources: str) -> Templates:
    made = Templates(ASSETS.url)
    loader: Any = made.environment.loader
    loader.loaders.append(DictLoader({f"{name}.html": source for name, source in sources.items()}))
    return made


def render(source: str, **context: Any) -> str:
    return templates(t=source).render("t.html", context)


def test_names_are_keys_never_methods() -> None:
    assert render("{{ list.items }}", list={"items": "mine"}) == "mine"
    with pytest.raises(UndefinedError):
        render("{{ list.items }}", list={})
    with pytest.raises(UndefinedError):
        render("{{ name.upper() }}", name="x")


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{% if missing %}{% endif %}",
        "{{ a.b }}",
        "{% for x in a.b %}{% endfor %}",
        "{{ l[3] }}",
        "{{ l[-1] }}",
        "{{ loop }}",
    ],
)
def test_undefined_is_an_error(source: str) -> None:
    with pytest.raises(UndefinedError):
        render(source, a={}, l=["x"])


@pytest.mark.parametrize("value", [None, 1, 1.5, True, ["x"], {"a": "b"}])
def test_only_strings_are_printed(value: object) -> None:
    with pytest.raises(TypeError, match="only strings"):
        render("{{ value }}", value=value)


def test_text_is_escaped_and_markup_is_not() -> None:
    assert render("{{ a }} {{ b }}", a="<b>&\"'", b=Markup("<b>x</b>")) == "&lt;b&gt;&amp;&#34;&#39; <b>x</b>"


def test_filters() -> None:
    assert render(
        "{{ n | number }} {{ n | text }} {{ s | urlpath }} {{ e | at('x') }}|{{ e | at('y') }} {{ s | length | text }}",
        n=-1204567,
        s="a/b ü?",
        e={"x": "no"},
    ) == ("-1,204,567 -1204567 a%2Fb%20%C3%BC%3F no| 6")
    for value in (True, 1.0, "1"):
        with pytest.raises(TypeError, match="whole number"):
            render("{{ n | text }}", n=value)


@pytest.mark.parametrize(
    "source", ["{{ a | upper }}", "{{ a | safe }}", "{{ a is defined }}", "{{ a is none }}", "{{ a | tojson }}"]
)
def test_there_are_no_other_filters_and_tests(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(source, a="x")


@pytest.mark.parametrize("source", ["{{ range(3) }}", "{{ dict() }}", "{{ lipsum() }}", "{{ namespace() }}"])
def test_there_are_no_other_globals(source: str) -> None:
    with pytest.raises(UndefinedError):
        render(source)


def test_loops_know_their_place_only() -> None:
    source = (
        "{% for x in l %}{{ loop.index | text }}{{ loop.index0 | text }}{{ loop.length | text }}"
        "{% if loop.first %}f{% endif %}{% if loop.last %}l{% endif %} {% endfor %}"
    )
    assert render(source, l=["a", "b"]) == "102f 212l "
    with pytest.raises(UndefinedError):
        render("{% for x in l %}{% if loop.revindex %}{% endif %}{% endfor %}", l=["a"])


def test_assets_and_sprite() -> None:
    assert (
        render("{{ sprite }} {{ asset('css/look.css') }}")
        == f"{ASSETS.url('icons/icons.svg')} {ASSETS.url('css/look.css')}"
    )


def test_a_fragment_is_a_block_of_the_page_with_its_imports() -> None:
    made = templates(
        p='{% extends "shell/page.html" %}{% from "components/list.html" import tag %}{% set word = "set" %}'
        "{% block main %}<main>{% block rows %}{{ tag(name) }}{{ word }}{% endblock %}</main>{% endblock %}"
    )
    whole, part = made.render("p.html", {**PAGE, "name": "<x>"}), made.render("p.html", {**PAGE, "name": "<x>"}, "rows")
    assert part == '<span class="tag">&lt;x&gt;</span>set'
    assert f"<main>{part}</main>" in whole
    with pytest.raises(KeyError):
        made.render("p.html", PAGE, "other")


def test_modules_have_their_templates_under_their_names() -> None:
    found = Templates(ASSETS.url).environment.get_template("home/home.html")
    assert found.filename == str(PACKAGE / "modules/home/templates/home.html")


def test_every_template_compiles_and_names_existing_icons() -> None:
    made = Templates(ASSETS.url).environment
    names = made.list_templates(extensions=["html"])
    assert {"shell/page.html", "settings/settings.html", "errors/error.html"} <= set(names)
    for name in names:
        made.get_template(name)
        source = made.loader.get_source(made, name)[0] if made.loader else ""
        assert set(re.findall(r'icon\("([^"]+)"', source)) <= SYMBOLS, name


def test_the_gallery_shows_every_symbol() -> None:
    listed = re.search(r"set symbols = \[([^]]*)]", (PACKAGE / "templates/dev/components.html").read_text())
    assert listed is not None
    assert set(re.findall(r'"([^"]+)"', listed[1])) == SYMBOLS


def test_nothing_is_inline() -> None:
    """The strict CSP refuses script and style in a page, and htmx may not use its code-running attributes."""
    for path in PACKAGE.rglob("*.html"):
        source = path.read_text()
        assert not re.search(r"\sstyle=|<style|<script>|\son\w+=|hx-on|js:|javascript:", source), path


def test_the_page_around_a_page() -> None:
    made = templates(p='{% extends "shell/page.html" %}{% block main %}<p>x</p>{% endblock %}')
    html = made.render(
        "p.html",
        {
            **PAGE,
            "toast": {
                "text": "Note deleted",
                "icon": "trash-2",
                "path": "/n/1/restoration",
                "method": "PUT",
                "label": "Undo",
            },
        },
    )
    assert "<title>Things · AIOS</title>" in html
    assert f'<html lang="en" data-theme="dark" data-accent="cyan" data-account="{SHELL["account"]}"' in html
    assert '<a href="/notebook" data-key="g n" aria-current="page">' in html
    assert html.count("<h1>") == 1
    assert 'action="/n/1/restoration"' in html
    assert 'popovertarget="capture" aria-label="Capture"' in html
    html = made.render("p.html", {**PAGE, "shell": {**SHELL, "captures": []}})
    assert 'id="capture"' not in html
    assert 'popovertarget="capture"' not in html
    assert 'role="status">' not in html
    html = made.render("p.html", {**PAGE, "shell": {**SHELL, "keys": False}})
    assert 'data-keys="off"' in html


def test_what_was_captured_can_be_opened_and_undone() -> None:
    made = templates(p='{% extends "shell/page.html" %}')
    kept = {"text": "Note kept", "path": "/notebook/1"}
    html = made.render("p.html", {**PAGE, "shell": {**SHELL, "made": kept}})
    toast = html[html.index('role="status"><svg') :]
    assert (
        toast.index("Note kept")
        < toast.index('href="/notebook/1">Open')
        < toast.index('name="made" value="/notebook/1"')
    )


def test_fields_tie_their_errors_and_hints() -> None:
    source = '{% from "components/form.html" import field, area, choice %}'
    html = render(source + '{{ field("t", "Title", "a\\"b", "Too long.", hint="h", required=true) }}')
    assert 'value="a&#34;b" required aria-invalid="true" aria-describedby="t-error">' in html
    assert 'id="t-error"' in html
    assert "hint" not in html
    html = render(source + '{{ area("b", "Body", "\nx", "", hint="Short") }}')
    assert 'aria-describedby="b-hint">\n\nx</textarea>' in html  # the first line break is the parser's
    html = render(
        source + '{{ choice("c", "C", o, "2", "") }}', o=[{"value": "1", "label": "a"}, {"value": "2", "label": "b"}]
    )
    assert '<option value="2" selected>b</option>' in html
    assert html.count("selected") == 1


def test_post_buttons_are_forms() -> None:
    source = '{% from "components/action.html" import post_button, completion %}'
    html = render(source + '{{ post_button("/n/1/pin", "PUT", "Pin", "pin", icon_only=true, pressed="false") }}')
    assert '<form class="post" method="post" action="/n/1/pin"' in html
    assert '<input type="hidden" name="_method" value="PUT">' in html
    assert 'class="icon-button" type="submit" aria-label="Pin" title="Pin" aria-pressed="false">' in html
    assert "_method" not in render(source + '{{ post_button("/x", "POST", "Go") }}')
    assert 'value="DELETE">' in render(source + '{{ completion("/t/1/completion", "Pay", true) }}')
    assert 'aria-label="Complete: Pay" aria-pressed="false"' in render(
        source + '{{ completion("/t/1/completion", "Pay", false) }}'
    )
