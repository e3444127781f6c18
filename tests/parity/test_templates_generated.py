"""Random templates on random contexts: the device gives what Jinja gives, or both fail.

`AIOS_EXAMPLES=10000` runs as many; without it the suite stays quick.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from aios.web.device_templates import DeviceTemplateError
from aios.web.templates import Templates
from tests.parity.cases import ERROR_OF_STRICTER
from tests.parity.device import FAILED, Both, Device, templates
from tests.parity.grammar import contexts, template_sets

EXAMPLES = int(os.environ.get("AIOS_EXAMPLES", "120"))
STRICTER = tuple(f"Error: Cannot {what}" for what in ERROR_OF_STRICTER)
"""Where a device is stricter (docs/templates.md): tests/parity/cases.py has a template for each."""
PAGES = [("page.html", ""), ("child.html", ""), ("child.html", "one"), ("page.html", "own"), ("base.html", "")]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources=template_sets(), shown=st.lists(contexts(), min_size=2, max_size=2))
def test_generated_templates_give_the_same_bytes(
    device: Device, sources: dict[str, str], shown: list[dict[str, Any]]
) -> None:
    try:
        both = Both(device, sources)
    except DeviceTemplateError:
        assert not compiles(templates(sources)), "Jinja takes these templates"
        return
    for context in shown:
        for name, fragment in PAGES:
            rendered = both.render(name, context, fragment)
            if fragment and rendered.server is FAILED and both.render(name, context).server is FAILED:
                continue  # how far a page that fails gets before its fragment may differ: docs/templates.md
            if rendered.device is FAILED and rendered.error.startswith(STRICTER):
                continue
            assert rendered.device == rendered.server, (name, fragment, rendered.error)
            assert not rendered.error.startswith(("ReferenceError", "SyntaxError", "TypeError")), rendered.error


def compiles(made: Templates) -> bool:
    """Whether Jinja takes all templates: a constant that is undefined fails before it is rendered."""
    try:
        for name in made.names():
            made.environment.get_template(name)
    except TemplateError:
        return False
    return True
