"""What the capture page shows, and what its form means: a form post of the module that the text goes to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aios.modules import MADE, Forward, Submission
from aios.modules.forms import record_id, value, visible
from aios.records.ids import is_id
from aios.records.text import trim

if TYPE_CHECKING:
    from aios.modules.forms import Form
    from aios.records.query import Context, Documents, Query

PATH = "/capture"
_OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
"""A path of this server: browsers read `//x` and `/\\x` as another one."""


def show(documents: Documents, query: Query) -> Context:
    """The form, filled with what was shared or typed. `captures` come from the modules themselves."""
    captures: list[Context] = documents["captures"]
    shared = dict.fromkeys(text for name in ("title", "text", "url") if (text := trim(query.get(name))))
    wanted = query.form.get("in", query.get("in"))
    return {
        "title": "Capture",
        "id": query.form.get("id", query.new_id),
        "text": query.form.get("text", "\n".join(shared)),
        "choices": [{"value": each["name"], "label": each["label"]} for each in captures],
        "chosen": _chosen(captures, wanted)["name"] if captures else "",
        "back": query.form.get("back", ""),
        "error": next((message for field, message in query.errors.items() if field), ""),
    }


def keep(documents: Documents, form: Form, query: Query) -> Submission:
    """Let the chosen module make what it makes of such a text, and go back to where the person was."""
    text, captures = value(form, "text"), documents["captures"]
    if not captures:
        return Submission(errors={"text": "Nothing can be captured. Switch on a module in Settings first."})
    if not visible(text):
        return Submission(errors={"text": "Write something first."})
    capture = _chosen(captures, value(form, "in"))
    if capture["line"]:
        text = " ".join(line for each in text.split("\n") if (line := trim(each)))
    given = {capture["field"]: [text], "id": [record_id(form, query)]}
    back = _back(form)
    return Submission(
        forward=Forward(path=capture["path"], method="POST", form=given),
        location=f"{back}{'&' if '?' in back else '?'}made={MADE}" if back else "",
    )


def undo(_: Documents, form: Form, __: Query) -> Submission:
    """Delete what was just captured, as its own page would."""
    path = value(form, "made")
    if not is_id(path.rpartition("/")[2]):
        return Submission(errors={"": "There is nothing to undo."})
    return Submission(forward=Forward(path=path, method="DELETE"), location=_back(form))


def _chosen(captures: list[Context], name: str) -> Context:
    return next((each for each in captures if each["name"] == name), captures[0])


def _back(form: Form) -> str:
    """Where the person was, without the toast that was there; "" when that is not known."""
    given = value(form, "back")
    if _OWN_PATH.fullmatch(given) is None:
        return ""
    path, _, search = given.partition("#")[0].partition("?")
    kept = "&".join(each for each in search.split("&") if each and not each.startswith("made="))
    return f"{path}?{kept}" if kept else path
