"""Using pages as a browser without script does: follow links, fill forms, be redirected."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from tests.people import Person


class Forms(HTMLParser):
    """The forms of a page, by action and method: the fields that each would send untouched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._textarea = ""
        self._select = ""
        self.feed(html)

    def fields(self, action: str, method: str = "POST") -> dict[str, str]:
        """The fields of the one form that posts to `action` as `method`."""
        found = [fields for path, fields in self.found if path == action and fields.get("_method", "POST") == method]
        assert found, f"no form sends {method} {action}"
        return dict(found[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and "name" in given and self.found and given.get("type") not in {"radio", "checkbox"}:
            self._set(given["name"], given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given["name"]
            self._set(self._textarea, "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given:
            self._set(self._select, given["value"])

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._set(self._textarea, self.found[-1][1][self._textarea] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A browser drops the line end that follows the start tag (HTML, 13.1.2.5).
            self._set(self._textarea, self.found[-1][1][self._textarea].removeprefix("\n"))
            self._textarea = ""

    def _set(self, name: str, value: str) -> None:
        self.found[-1][1][name] = value


async def show(person: Person, path: str, status: int = 200) -> str:
    """The HTML of a page."""
    answer = await person.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def send(person: Person, page: str, action: str, method: str = "POST", **typed: str) -> httpx.Response:
    """Open `page`, fill the form that leads to `action`, and send it."""
    fields = Forms(await show(person, page)).fields(action, method) | typed
    return await post(person, action, fields)


async def post(person: Person, action: str, fields: dict[str, str]) -> httpx.Response:
    """Send a form."""
    return await person.request("POST", action, data=fields)
