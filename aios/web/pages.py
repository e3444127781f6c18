"""Running pages and form posts as the modules declare them.

A page: its reads on the database, its pure view, its template. A form post: its pure `submit`, the write path,
and a redirect; or, when something is refused, the page again with what was typed and a sentence at each field.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import parse_qsl, quote, unquote

import msgspec
from litestar import Request, Response, get, post

from aios import __version__
from aios.accounts.identity import present, require
from aios.errors import AiosError, ConflictError, FieldError, InvalidError, NotFoundError, QuotaError
from aios.modules import MADE
from aios.modules.forms import value
from aios.records.api import default_document
from aios.records.clock import now_ms, to_wire
from aios.records.ids import implied_id, new_id
from aios.records.mutation import Mutation, Writer
from aios.records.query import Query, Read
from aios.records.reads import read, read_all
from aios.records.text import normalise
from aios.web.offers import made, offered
from aios.web.shell import shell
from aios.web.when import bounds, local_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.handlers import HTTPRouteHandler

    from aios.accounts.identity import Identity
    from aios.database import Database
    from aios.modules import Action, Forward, Module, Page, Registry, Submission, Tile, Want
    from aios.records.collection import Document
    from aios.records.query import Context, Documents
    from aios.records.writes import Writes
    from aios.web.templates import Templates

HTML = "text/html"
PARTIAL = "partial"
NOTHING = "There is nothing at this address. It may have been deleted, or belong to someone else."
MOST_VALUES = 10
"""Of a parameter that comes several times."""
FRESH_S = 300
"""Seconds for which a rendered page may be repeated: greetings and "today" follow the clock."""
_PART = re.compile(r"\{(\w+)\}")

P = ParamSpec("P")
Returned = TypeVar("Returned")
AnyRequest = Request[Any, Any, Any]
EXTRAS: dict[str, Any] = {"toast": None, "errors": {}, "form_error": ""}


class Pages:
    """Makes the handlers of all modules' pages, and renders any template with what every page needs."""

    def __init__(
        self, registry: Registry, database: Database, templates: Templates, writes: Writes, *, build: str
    ) -> None:
        self._registry = registry
        self._texts = {name: each.texts for name, each in registry.collections.items()}
        self._database = database
        self._templates = templates
        self._writes = writes
        self._build = f"{__version__}.{build}"

    def handlers(self) -> list[HTTPRouteHandler]:
        """A Litestar handler for each page, and one for all actions of a path."""
        made: list[HTTPRouteHandler] = []
        for module in self._registry.modules.values():
            made += [self._page_handler(module, page) for page in module.pages]
            paths: dict[str, dict[str, Action]] = defaultdict(dict)
            for action in module.actions:
                paths[action.path][action.method] = action
            made += [self._action_handler(module, path, actions) for path, actions in paths.items()]
        return made

    async def render(
        self, request: AnyRequest, template: str, context: Context, status: int = 200, *, fragment: str = ""
    ) -> Response[bytes]:
        """Answer a template that belongs to no module's page: accounts, errors, imports. `fragment` names a block."""
        identity = present(request)
        given: Context = {**EXTRAS, **context}
        headers: dict[str, str] = {}
        if identity is not None:
            query = await self._query(request, identity, {}, ())
            given = self._dress(given, query, "", request.url.path)
            headers = _whose(identity)
        body = self._templates.render(template, given, fragment).encode()
        return Response(body, status_code=status, media_type=HTML, headers=headers)

    async def query(self, request: AnyRequest, identity: Identity) -> Query:
        """What a page that belongs to no module knows of the person: zone, now, settings."""
        return await self._query(request, identity, {}, ())

    def error(self, request: AnyRequest, error: AiosError, kept: list[Context] | None = None) -> Response[bytes]:
        """Answer an error to a person; `kept` is what they typed, as {label, text}, to copy from."""
        body = self.error_body(error, signed_in=present(request) is not None, kept=kept)
        return Response(body, status_code=error.status, media_type=HTML, headers=error.headers)

    def error_body(self, error: AiosError, *, signed_in: bool, kept: list[Context] | None = None) -> bytes:
        """The page of an error. It asks nothing of the database, which may be what failed."""
        context: Context = {
            **EXTRAS,
            "title": _TITLES.get(error.status, HTTPStatus(error.status).phrase.capitalize()),
            "status": str(error.status),
            "detail": error.detail,
            "signed_in": signed_in,
            "kept": kept or [],
        }
        return self._templates.render("errors/error.html", context).encode()

    def _page_handler(self, module: Module, page: Page) -> HTTPRouteHandler:
        @get(_route(page.path), name=f"page:{page.path}", include_in_schema=False)
        async def show(request: AnyRequest) -> Response[bytes]:
            identity = require(request)
            query = await self._query(request, identity, request.path_params, page.params, page.lists)
            scope: Any = request.scope
            partial = bool(page.fragment) and request.headers.get("hx-request-type") == PARTIAL
            html = await self._show(module, page, query, identity, request.url.path, partial=partial)
            scope["aios.cache"] = time.monotonic() + FRESH_S
            headers = {"ETag": self._etag(scope, query, partial=partial), **_whose(identity)}
            return Response(html, media_type=HTML, headers=headers)

        return show

    async def _show(  # noqa: PLR0913  one call site for each way a page is shown
        self, module: Module, page: Page, query: Query, identity: Identity, path: str, *, partial: bool
    ) -> bytes:
        documents = await self._documents(page.reads, identity.account_id, query)
        if page.needs and documents[page.needs] is None:
            raise NotFoundError(NOTHING)
        if "tiles" in page.wants:
            documents["tiles"] = await self._tiles(identity.account_id, query)
        self._offer(page.wants, documents, query)

        def finish() -> bytes:
            context = self._dress({**EXTRAS, **page.view(documents, query)}, query, module.name, path)
            return self._templates.render(page.template, context, page.fragment if partial else "").encode()

        return await _call(page, finish)

    def _action_handler(self, module: Module, path: str, actions: dict[str, Action]) -> HTTPRouteHandler:
        @post(_route(path), name=f"action:{path}", status_code=303, include_in_schema=False)
        async def submit(request: AnyRequest) -> Response[bytes]:
            identity = require(request)
            form = parse_form(await request.body())
            method = form.pop("_method", ["POST"])[-1].upper()
            action = actions.get(method)
            if action is None:
                message = f"This address does not take {method}."
                raise NotFoundError(message)
            given = {name: value(form, name) for name in action.params}
            query = await self._query(request, identity, given | request.path_params, ())
            documents = await self._documents(action.reads, identity.account_id, query)
            try:
                _need(action, documents)
                self._offer(action.wants, documents, query)
                submission = await _call(action, action.submit, documents, form, query)
                _refuse(submission)
                if submission.forward is not None:
                    submission = await self._forward(submission, submission.forward, query, identity)
                location = await self._submit(submission, identity)
            except (InvalidError, QuotaError) as error:
                if not action.retry:
                    raise
                return await self._retry(module, action, query, form, error, identity)
            except (NotFoundError, ConflictError) as error:
                kept = _kept(form)
                if not kept:
                    raise
                return self.error(request, error, kept=kept)
            return Response(b"", status_code=303, media_type=HTML, headers={"Location": location})

        return submit

    async def _forward(self, submission: Submission, forward: Forward, query: Query, identity: Identity) -> Submission:
        """What another module's form post means. Raises as that post would."""
        found = self._registry.action(forward.method, forward.path)
        if found is None:
            raise NotFoundError(NOTHING)
        action, params = found
        named = {name: normalise(value(forward.form, name)) for name in action.params}
        chosen = bounds(query.now, query.zone, named.get("date", ""))
        given = msgspec.structs.replace(query, params=named | params, bounds=query.bounds | chosen)
        documents = await self._documents(action.reads, identity.account_id, given)
        _need(action, documents)
        meant = await _call(action, action.submit, documents, forward.form, given)
        _refuse(meant)
        created = [self._registry.place(each.collection, each.id) for each in meant.mutations if each.op == "create"]
        location = submission.location.replace(MADE, created[0] if created else "") or meant.location
        return msgspec.structs.replace(meant, location=location)

    async def _submit(self, submission: Submission, identity: Identity) -> str:
        """Apply a submission. A form that was sent twice with different content makes a second record."""
        writer = Writer(client=f"form:{identity.device_id}")
        space = identity.account_id
        try:
            await self._writes.apply(space, writer, submission.mutations)
        except NotFoundError as error:
            raise NotFoundError(NOTHING) from error
        except ConflictError as error:
            made = [each for each in submission.mutations if each.op == "create" and self._may_repeat(each)]
            if error.reason not in {"exists", "deleted"} or len(made) != 1:
                raise
            fresh = msgspec.structs.replace(made[0], id=new_id())
            mutations = [fresh if each is made[0] else each for each in submission.mutations]
            await self._writes.apply(space, writer, mutations)
            submission = msgspec.structs.replace(submission, location=submission.location.replace(made[0].id, fresh.id))
        return submission.location

    def _may_repeat(self, mutation: Mutation) -> bool:
        """Whether a record of this kind may get another id: there is only one of a single collection."""
        return not self._registry.collections[mutation.collection].single

    async def _retry(  # noqa: PLR0913, PLR0917  what a refused form is made of
        self,
        module: Module,
        action: Action,
        query: Query,
        form: dict[str, list[str]],
        error: InvalidError | QuotaError,
        identity: Identity,
    ) -> Response[bytes]:
        page = next(each for each in module.pages if each.path == action.retry)
        named = error.errors if isinstance(error, InvalidError) else ()
        errors = {each.field: each.message for each in named} or {"": error.detail}
        typed = {name: values[-1] for name, values in form.items() if values}
        again = msgspec.structs.replace(query, form=typed, errors=errors)
        path = _PART.sub(lambda part: query.get(part[1]), page.path)
        html = await self._show(module, page, again, identity, path, partial=False)
        status = error.status if isinstance(error, QuotaError) else 422
        return Response(html, status_code=status, media_type=HTML)

    async def _query(
        self,
        request: AnyRequest,
        identity: Identity,
        path_params: dict[str, Any],
        names: tuple[str, ...],
        lists: tuple[str, ...] = (),
    ) -> Query:
        settings = await self._settings(identity.account_id)
        zone = settings.get("timezone") or unquote(request.cookies.get("zone", "")) or "UTC"
        now = to_wire(now_ms())
        params = {name: normalise(str(value)) for name, value in path_params.items()}
        given = request.query_params
        params |= {name: normalise(value) for name in (*names, "made") if (value := given.get(name))}
        params |= {name: "\n".join(normalise(each) for each in given.getall(name, [])[:MOST_VALUES]) for name in lists}
        module = self._registry.modules.get(params.get("in", ""))
        within = " ".join(each.name for each in module.collections) if module else ""
        return Query(
            params=params,
            now=now,
            zone=zone,
            new_id=new_id(),
            day=local_day(now, zone),
            bounds={**bounds(now, zone, params.get("date", "")), "@in": within},
            user=identity.username,
            space=identity.account_id,
            settings=settings,
        )

    async def _settings(self, space_id: str) -> Document:
        record_id = implied_id(space_id, "settings", "settings")
        found: Document | None = await read(
            self._database, space_id, Read(collection="settings", id=record_id), _NO_QUERY
        )
        return found or default_document(self._registry.collections["settings"], record_id)

    async def _documents(self, reads: dict[str, Read], space_id: str, query: Query) -> Documents:
        return await read_all(self._database, space_id, reads, query, self._texts)

    def _offer(self, wants: tuple[Want, ...], documents: Documents, query: Query) -> None:
        """Put what modules offer beside what was read."""
        documents |= {name: offered(name, self._registry, query) for name in wants if name != "tiles"}

    async def _tiles(self, space_id: str, query: Query) -> list[Context]:
        enabled: list[str] = query.settings.get("enabledModules") or []
        tiles: list[Context] = []
        for module in self._registry.listed():
            if enabled and module.name not in enabled:
                continue
            reading: Context = {"value": "", "label": "", "tone": ""}
            if module.tile is not None:
                documents = await self._documents(module.tile.reads, space_id, query)
                reading |= await _call(module.tile, module.tile.view, documents, query)
            tiles.append(
                {"name": module.name, "title": module.title, "icon": module.icon, "href": f"/{module.name}", **reading}
            )
        return tiles

    def _dress(self, context: Context, query: Query, module_name: str, path: str) -> Context:
        """Add what every page has around its own content."""
        modules = list(self._registry.modules.values())
        return {
            **context,
            "errors": context["errors"] or query.errors,
            "form_error": context["form_error"] or query.errors.get("", ""),
            "shell": {**shell(query, module_name, modules), "made": made(self._registry, query)},
            "page": {"path": path, "module": module_name},
        }

    def _etag(self, scope: Any, query: Query, *, partial: bool) -> str:  # noqa: ANN401  an ASGI scope
        """The space's tag, and a hash of all else that decides the bytes (docs/design.md, "ETag")."""
        epoch, rev = scope["aios.session"]
        parts = (
            self._build,
            str(partial),
            query.zone,
            query.now[:13],
            query.day,
            scope["path"],
            scope["query_string"].decode("latin-1"),
        )
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()
        return f'"{query.space}.{epoch}.{rev}.{digest}"'


_NO_QUERY = Query(params={}, now="", zone="UTC", new_id="", day="", bounds={}, user="", space="", settings={})
_TITLES = {
    404: "Nothing here",
    403: "Not from here",
    409: "That no longer fits",
    412: "Changed meanwhile",
    413: "Too large",
    429: "Too many tries",
    500: "Something went wrong",
    503: "One moment",
    507: "No room left",
}


async def _call(
    declared: Page | Action | Tile, function: Callable[P, Returned], *given: P.args, **named: P.kwargs
) -> Returned:
    """Run what a module declared: on the loop, or away from it where it may be slow."""
    if declared.threaded:
        return await asyncio.to_thread(function, *given, **named)
    return function(*given, **named)


def _whose(identity: Identity) -> dict[str, str]:
    """Tell a worker whose page it hands on, so that it never shows one person's records to another."""
    return {"AIOS-Account": identity.account_id, "AIOS-User": quote(identity.username, safe="")}


def parse_form(body: bytes) -> dict[str, list[str]]:
    """Fields of an urlencoded form in order, each with all its values. Raises InvalidError."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="replace", max_num_fields=2_000)
    except ValueError as error:
        message = "The form could not be read."
        raise InvalidError(message) from error
    form: dict[str, list[str]] = {}
    for name, given in pairs:
        form.setdefault(name, []).append(given.replace("\r\n", "\n"))
    return form


def _route(path: str) -> str:
    return _PART.sub(r"{\1:str}", path)


def _need(action: Action, documents: Documents) -> None:
    if action.needs and documents[action.needs] is None:
        message = "This was deleted meanwhile, so the change could not be made."
        raise NotFoundError(message)


def _kept(form: dict[str, list[str]]) -> list[Context]:
    """The long texts of a form, which cannot be typed again: those that come with the hash of what they were."""
    names = [name.removeprefix("bases.") for name in form if name.startswith("bases.")]
    return [{"label": "What you wrote", "text": form[name][-1]} for name in names if form.get(name, [""])[-1]]


def _refuse(submission: Submission) -> None:
    if submission.errors:
        errors = tuple(FieldError(field, message) for field, message in submission.errors.items())
        message = "Some fields need another look."
        raise InvalidError(message, errors)
