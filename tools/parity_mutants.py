"""Break pages, views, reads and headers, on either side, one way at a time, on a copy: parity must see each.

Fails when a change does not apply, when the untouched copy is not green, or when a mutant goes unseen.
"""

from __future__ import annotations

import sys

from mutation import Mutant, run

DEVICE = "aios/static/device/"
NOTEBOOK, PLANNER = "aios/modules/notebook/", "aios/modules/planner/"
MUTANTS = (
    # On the device.
    Mutant(
        "a filter is forgotten", DEVICE + "reads.js", "const wanted = condition.negate ? 0 : 1;", "const wanted = 1;"
    ),
    Mutant("every list goes up", DEVICE + "reads.js", "const step = read.descending ? -1 : 1;", "const step = 1;"),
    Mutant(
        "a header is missing",
        DEVICE + "pages.js",
        '["content-type", HTML], ...this.headers], body }',
        '["content-type", HTML], ...this.headers.slice(1)], body }',
    ),
    Mutant(
        "a refused form answers 200",
        DEVICE + "pages.js",
        "isFull ? error.status : 422)",
        "isFull ? error.status : 200)",
    ),
    Mutant("fragments are whole pages", DEVICE + "pages.js", 'partial ? page.fragment : ""', 'partial ? "" : ""'),
    Mutant("an escape is another", DEVICE + "templates_runtime.js", '"&#39;"', '"&apos;"'),
    Mutant(
        "an empty list is true",
        DEVICE + "templates_runtime.js",
        "isList(value) ? value.length :",
        "isList(value) ? true :",
    ),
    Mutant("the accent is always cyan", DEVICE + "shell.js", 'query.settings.colorTheme ?? "cyan"', '"cyan"'),
    Mutant("modules that are off are shown", DEVICE + "shell.js", "!chosen.length || chosen.includes(name)", "true"),
    Mutant(
        "a fixed part is no better than a parameter",
        DEVICE + "router.js",
        "!found || before(route.parts, found.parts)",
        "!found || !before(route.parts, found.parts)",
    ),
    # On the server.
    Mutant("the server's lists go up", "aios/records/reads.py", 'direction = "DESC" if', 'direction = "ASC" if'),
    Mutant(
        "the server's length of an excerpt",
        "aios/web/markdown.py",
        "def excerpt(markdown: str, length: int = 160)",
        "def excerpt(markdown: str, length: int = 150)",
    ),
    Mutant("tomorrow is called by its date", "aios/web/when.py", '1: "Tomorrow"', '2: "Tomorrow"'),
    Mutant(
        "empty is no refusal",
        NOTEBOOK + "pages.py",
        "fields = _fields(form)\n"
        '    if not fields["title"]:\n'
        '        return Submission(errors={"bodyMarkdown": NOTHING})\n'
        "    mutation = Mutation(",
        "fields = _fields(form)\n    mutation = Mutation(",
    ),
    Mutant(
        "an undo forgets what was",
        PLANNER + "posts.py",
        'started = "&was=in_progress" if task["status"] == "in_progress" else ""',
        'started = ""',
    ),
    Mutant(
        "a step is deleted alone",
        PLANNER + "posts.py",
        "for each in (task_id, *steps))\n    count =",
        "for each in (task_id,))\n    count =",
    ),
    Mutant("a security header is another", "aios/web/pages.py", 'HTML = "text/html"', 'HTML = "text/plain"'),
    Mutant(
        "a page is counted from 0", "aios/records/query.py", "return max(int(given), 1)", "return max(int(given), 2)"
    ),
    Mutant("tags that a text drops stay", NOTEBOOK + "rules.py", "if each not in before or each in set_before]", "]"),
)

if __name__ == "__main__":
    sys.exit(run(MUTANTS, ("tests/parity/test_pages.py",), {"AIOS_EXAMPLES": "300", "AIOS_SHRINK": "0"}))
