"""Random templates of the constructs that the compiler carries, and random contexts for them.

Expressions are made for a type, so that most templates go through; now and then one is of another type or unknown.
"""
# ruff: noqa: E501, RUF001  what is written is templates and hostile text

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = ("t", "u", "html")
NUMBERS = ("n", "m")
LISTS = ("xs", "ys")
DICTS = ("d", "e")
OTHERS = ("flag", "nothing", "rows", "missing")
KEYS = ("a", "items", "__proto__", "constructor", "1", "missing")
HOSTILE = st.one_of(
    st.sampled_from(
        ["", "0", "<b>&\"'</b>", "&amp;", "𝒳\u200d<", "\u2028`${t}`\\", "{{ t }}", "\x00\x7f\ufeff", "</script>"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
WHOLE = st.one_of(st.integers(-3, 3), st.sampled_from([999, 1000, -1234567, 2**53 - 1]))
ANY = st.one_of(HOSTILE, WHOLE, st.booleans(), st.none(), st.just([]), st.just({}), st.lists(HOSTILE, max_size=2))

_PRELUDE = (
    "{% set t, u, x, v = 'T<', '&u', 'x', '' %}{% set html %}<h>{% endset %}{% set n, m = 3, -1 %}{% set flag = false %}"
    "{% set xs, ys, rows = ['p', '<'], [], [['q', 'r']] %}{% set d, e = {'a': '<a>', 'items': ''}, {'a': 'e', 'items': 'i'} %}"
    "{% set nothing = none %}"
)
"""An import sees no context, so macros have names of their own."""


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    """A context with names of each type, some left out."""
    dicts = st.dictionaries(st.sampled_from(KEYS[:-1]), ANY, max_size=4)
    made = {
        **{name: draw(HOSTILE) for name in TEXTS[:2]},
        "html": Markup(draw(HOSTILE)),  # noqa: S704  hostile on purpose: it is to pass as it is
        **{name: draw(WHOLE) for name in NUMBERS},
        **{name: draw(st.lists(st.one_of(HOSTILE, HOSTILE, HOSTILE, ANY), max_size=4)) for name in LISTS},
        **{name: {"a": draw(HOSTILE), "items": draw(HOSTILE), **draw(dicts)} for name in DICTS},
        "x": draw(HOSTILE),
        "v": draw(HOSTILE),
        "flag": draw(st.booleans()),
        "nothing": draw(ANY),
        "rows": draw(st.lists(st.tuples(HOSTILE, HOSTILE).map(list), max_size=3)),
    }
    made.pop(draw(st.sampled_from([*[""] * 200, *made])), None)
    return made


@st.composite
def template_sets(draw: st.DrawFn) -> dict[str, str]:
    """A page, a page that extends two others, and what they include and import."""
    page, base, middle, child, included = (_Writer(draw, ("f", "h")) for _ in range(5))
    macros = _Writer(draw, ())
    imports = '{% from "parts.html" import f, g as h %}'
    parts = f"{_PRELUDE}{macros.macro('_p')}{macros.macro('g')}{macros.set()}{macros.macro('f', calls=True)}"
    frame = f"{imports}{base.body(1)}{base.block('one')}{base.body(1)}{base.block('two')}"
    return {
        "parts.html": parts,
        "included.html": imports + included.body(0),
        "base.html": frame,
        "middle.html": f'{{% extends "base.html" %}}{imports}{middle.set()}{middle.block("one", above=True)}{middle.block("three")}',
        "child.html": f'{imports}{child.body(0)}{{% extends "middle.html" %}}{child.body(1)}{child.block("two", above=True)}'
        f"{child.block('one', above=True)}",
        "page.html": f"{imports}{page.body(2)}{page.block('own')}{page.body(1)}",
    }


class _Writer:
    def __init__(self, draw: st.DrawFn, macros: tuple[str, ...]) -> None:
        self._draw = draw
        self._macros = macros
        self._above = False

    def _pick(self, *choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))

    def _chance(self, percent: int) -> bool:
        return self._draw(st.sampled_from(range(100))) < percent

    def body(self, depth: int) -> str:
        """Some statements."""
        made = [self._statement(depth) for _ in range(self._pick(1, 2))]
        return self._pick("", "\n", "  ", "a<b>\n") + "".join(made)

    def block(self, name: str, *, above: bool = False) -> str:
        """A block; with `above`, it may use super."""
        self._above = above
        scoped = self._pick("", " scoped")
        made = f"{{% block {name}{scoped} %}}{self.body(1)}{{% endblock %}}"
        self._above = False
        return made

    def macro(self, name: str, *, calls: bool = False) -> str:
        """A macro of two parameters; with `calls`, it calls back."""
        default = self._pick("=a", f"={self._expression(0)}")
        more = self._pick("", "{{ varargs|length|text }}", "{% if b == a %}={% endif %}")
        called = ", caller=none" if calls else ""
        caller = "{% if caller %}{{ caller() }}{% endif %}" if calls else more
        return f"{{% macro {name}(a, b{default}{called}) {self._dash()}%}}{self.body(1)}{{{{ a }}}}{caller}{{% endmacro %}}\n"

    def set(self) -> str:
        """An assignment to one of the names that are read as well."""
        name = self._pick("t", "u", "v", "_w")
        if self._chance(25):
            return f"{{% set {name} %}}{self.body(0)}{{% endset %}}"
        if self._chance(15):
            return f"{{% set {name}, x = {self._text(0)}, {self._expression(0)} %}}"
        return f"{{% set {name} = {self._text(1)} {self._dash()}%}}"

    def _dash(self) -> str:
        return self._pick("", "", "-")

    def _statement(self, depth: int) -> str:
        simple: list[Callable[[], str]] = [self._print, self._print, self.set, self._call]
        if depth <= 0:
            return self._pick(*simple)()
        nested: list[Callable[[int], str]] = [self._if, self._for, self._for, self._with, self._caller, self._include]
        return self._pick(*nested)(depth - 1) if self._chance(55) else self._pick(*simple)()

    def _print(self) -> str:
        return f"{{{{{self._dash()} {self._text(2)} {self._dash()}}}}}"

    def _call(self) -> str:
        if self._above and self._chance(40):
            return "{{ super() }}"
        if not self._macros:
            return self._print()
        arguments = self._pick(
            self._text(0), f"{self._text(0)}, {self._text(0)}", f"a={self._text(0)}, b={self._text(0)}"
        )
        return f"{{{{ {self._pick(*self._macros)}({arguments}) }}}}"

    def _if(self, depth: int) -> str:
        other = self._pick("", f"{{% elif {self._truth(1)} %}}{self.body(depth)}", f"{{% else %}}{self.body(depth)}")
        return f"{{% if {self._truth(1)} {self._dash()}%}}{self.body(depth)}{other}{{% endif %}}"

    def _for(self, depth: int) -> str:
        target, items = self._pick(
            ("x", self._list(1)), ("x", self._list(1)), ("x, y", "rows"), ("t", self._list(0)), ("x", self._text(0))
        )
        test = f" if {self._truth(0)}" if self._chance(25) else ""
        place = self._pick(
            "", "{{ loop.index|text }}/{{ loop.length|text }}", "{% if loop.first or loop.last %}!{% endif %}"
        )
        other = self._pick("", f"{{% else %}}{self.body(depth)}")
        shown = "{% if x == t %}={% endif %}" if target.startswith("x") else ""
        return f"{{% for {target} in {items}{test} %}}{place}{shown}{self.body(depth)}{other}{{% endfor %}}"

    def _with(self, depth: int) -> str:
        return f"{{% with t = {self._text(1)}, v = {self._expression(1)} %}}{self.body(depth)}{{% endwith %}}"

    def _caller(self, depth: int) -> str:
        parameters = self._pick("", "(x='X')")
        if not self._macros:
            return self._print()
        return f"{{% call{parameters} f({self._text(0)}) %}}{self.body(depth)}{{% endcall %}}"

    def _include(self, _: int) -> str:
        return self._print() if not self._macros else '{% include "included.html" %}'

    def _expression(self, depth: int) -> str:
        return self._pick(self._text, self._number, self._list, self._dict, self._truth)(depth)

    def _text(self, depth: int) -> str:
        if self._chance(1):
            return self._pick(*OTHERS, "v", "x", *LISTS, *DICTS)
        if depth <= 0 or self._chance(30):
            return self._pick(*TEXTS, "'<q>'", '"&"', "''", "sprite")
        rest = depth - 1
        return self._pick(
            lambda: f"{self._number(rest)}|{self._pick('text', 'number')}",
            lambda: f"{self._text(rest)}|urlpath",
            lambda: f"({self._text(rest)} ~ {self._pick(self._text, self._number, self._truth)(rest)})",
            lambda: f"({self._text(rest)} + {self._text(rest)})",
            lambda: f"({self._text(rest)} if {self._truth(rest)} else {self._text(rest)})",
            lambda: f"({self._text(rest)} {self._pick('and', 'or')} {self._text(rest)})",
            lambda: f"{self._text(0)}{self._slice()}",
            lambda: f"{self._dict(0)}|at({self._text(0)})",
            lambda: f"{self._dict(0)}.{self._pick('a', 'items')}",
            lambda: f"{self._dict(0)}|at({self._pick(*map(repr, KEYS))})",
            lambda: self._rare(rest),
        )()

    def _rare(self, depth: int) -> str:
        """What often is not there."""
        if not self._chance(20):
            return self._text(depth)
        return self._pick(
            lambda: f"{self._dict(0)}[{self._text(0)}]",
            lambda: f"{self._list(0)}[{self._number(0)}]",
            lambda: f"{self._dict(0)}.{self._pick(*KEYS[2:4], 'missing')}",
        )()

    def _number(self, depth: int) -> str:
        if self._chance(1):
            return self._pick(*OTHERS)
        if depth <= 0 or self._chance(30):
            return self._pick(*NUMBERS, "0", "2", "-7", "true")
        rest = depth - 1
        return self._pick(
            lambda: f"({self._number(rest)} {self._pick('+', '-', '//', '%')} {self._number(rest)})",
            lambda: f"{self._pick(self._text, self._list, self._dict)(0)}|length",
            lambda: f"(-{self._number(0)})",
        )()

    def _list(self, depth: int) -> str:
        if self._chance(1):
            return self._pick(*OTHERS)
        if depth <= 0 or self._chance(40):
            return self._pick(*LISTS, *LISTS, "rows", "[]", "()")
        return self._pick(
            lambda: f"[{self._text(depth - 1)}, {self._expression(0)}]",
            lambda: f"({self._text(0)}, {self._number(0)})",
            lambda: f"{self._list(0)}{self._slice()}",
            lambda: f"({self._pick(*LISTS)} + {self._pick(*LISTS)})",
        )()

    def _dict(self, depth: int) -> str:
        return self._pick(*DICTS, *DICTS, *DICTS, f"{{'a': {self._text(depth - 1)}, 'items': {self._text(0)}}}", "{}")

    def _slice(self) -> str:
        bounds = [self._pick("", "", "0", "1", "-1", "-2", "m") for _ in range(2)]
        return f"[{':'.join(bounds)}{self._pick('', '', ':2', ':-1', ':n')}]"

    def _truth(self, depth: int) -> str:
        if depth <= 0:
            return self._pick(
                *TEXTS, *NUMBERS, *LISTS, *DICTS, "flag", "nothing", "true", "none", "x == t", "(not flag)"
            )
        rest = depth - 1
        order = self._pick("<", "<=", ">", ">=", "==", "!=")
        return self._pick(
            lambda: f"({self._truth(rest)} {self._pick('and', 'or')} {self._truth(rest)})",
            lambda: f"(not {self._truth(rest)})",
            lambda: f"({self._expression(0)} {self._pick('==', '!=')} {self._expression(0)})",
            lambda: (
                f"({self._number(rest)} {order} {self._number(rest)} {self._pick('<', '>=', '==')} {self._number(0)})"
            ),
            lambda: f"({self._text(rest)} {order} {self._text(rest)})",
            lambda: (
                f"({self._text(0)} {self._pick('in', 'not in')} {self._pick(self._list, self._text, self._dict)(0)})"
            ),
        )()
