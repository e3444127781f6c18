"""Bringing in what a source holds, through the one write path: batch by batch, and every record for itself."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from aios.errors import AiosError, ConflictError, InvalidError, NotFoundError, UnavailableError
from aios.port import Draft, Into, Remark
from aios.port.limits import RefusedError
from aios.port.own import OWN
from aios.records.clock import now_ms
from aios.records.imports import deciding
from aios.records.mutation import Mutation, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aios.modules import Registry
    from aios.port import Format, Found, Importer
    from aios.port.source import Source
    from aios.records.apply import Effect
    from aios.records.writes import Writes

AT_ONCE = 64
"""Records a transaction; between two of them other people's writes go on."""
UNKNOWN = "This is no file that can be brought in here. It takes: "
DELETED = "You deleted it here, so it stays deleted. The trash can bring it back."
EDITED = "You changed it here since it came in, so it stays as it is."
MOST_TOLD = 500
"""Remarks of a tone that a report names; the others it counts."""
MOST_LETTERS = 500
"""Of what a remark says."""
GONE = "This account is not there any more."


class Report(msgspec.Struct, kw_only=True):
    """What became of a source."""

    format: str = ""
    counts: dict[str, dict[str, int]] = {}
    """How many records of each collection were `created`, `updated`, `restored`, or the `same` already."""
    remarks: list[Remark] = []
    """The first of each tone."""
    told: dict[str, int] = {}
    """How many there are of each tone."""
    seen: int = 0
    """Records and remarks so far."""
    total: int = 0
    """How many there may be."""
    stopped: str = ""
    """Why it did not come to its end."""

    def number(self, effect: Effect) -> int:
        """How many records, of all collections."""
        return sum(counted.get(effect, 0) for counted in self.counts.values())

    def tell(self, remark: Remark, most: int | None) -> None:
        """Count a remark, and keep it among the first `most` of its tone (None: all), in few words."""
        told = self.told.get(remark.tone, 0)
        self.told[remark.tone] = told + 1
        if most is None or told < most:
            self.remarks.append(Remark(where=_short(remark.where), reason=_short(remark.reason), tone=remark.tone))

    def having(self, tone: str) -> list[Remark]:
        """The remarks of one tone that are kept."""
        return [remark for remark in self.remarks if remark.tone == tone]


def importers(registry: Registry) -> dict[str, Importer]:
    """What all modules take, by name."""
    return {each.name: each for module in registry.modules.values() for each in module.importers}


def known(registry: Registry, kind: str) -> list[Importer]:
    """The importer of this name, or all of them for "". Raises RefusedError."""
    found = importers(registry)
    if kind and kind not in found:
        message = f"There is nothing to import as {kind}. There are: {', '.join(found)}, everything."
        raise RefusedError(message)
    return [found[kind]] if kind else list(found.values())


def choose(registry: Registry, source: Source, kind: str = "", format_name: str = "") -> Format:
    """The format of a source, among those of the importer `kind` (all of them for ""). Raises RefusedError."""
    chosen = known(registry, kind)
    formats: dict[str, Format] = {OWN: own_format(registry, kind)}
    formats |= {each.name: each for importer in chosen for each in importer.load()}
    if format_name:
        if format_name not in formats:
            message = f"There is no format {format_name}. There are: {', '.join(formats)}."
            raise RefusedError(message)
        return formats[format_name]
    found = next((each for each in formats.values() if each.recognises(source)), None)
    if found is None:
        raise RefusedError(UNKNOWN + " ".join(each.takes for each in chosen))
    return found


def own_format(registry: Registry, kind: str) -> Format:
    """Our own export, or what an importer takes of it."""
    from aios.port.own import OwnExport  # noqa: PLC0415

    return OwnExport(registry, importers(registry)[kind].collections if kind else tuple(registry.collections))


class Bringing:
    """One source on its way in."""

    def __init__(  # noqa: PLR0913  what it takes, by name
        self,
        writes: Writes,
        *,
        source: Source,
        chosen: Format,
        into: Into,
        name: str,
        after: Progress | None = None,
        most: int | None = MOST_TOLD,
    ) -> None:
        """`most` remarks of a tone are kept in the report; None keeps all of them."""
        self._writes = writes
        self._source = source
        self._format = chosen
        self._into = into
        self._writer = Writer(client=f"import:{name}", importer=True)
        self._decide = deciding(restore=chosen.name == OWN)
        self._after = after
        self._most = most
        self.report = Report(format=chosen.title, total=len(source.entries))
        self._tell(source.remarks)

    async def run(self) -> Report:
        """Bring everything in. Raises UnavailableError when the database does not answer; then it may be run again."""
        found = self._format.read(self._source, self._into)
        while True:
            try:
                batch = await asyncio.to_thread(_take, found)
            except RefusedError as error:
                self.report.stopped = error.detail
                break
            if not batch:
                break
            await self._apply([each for each in batch if isinstance(each, Draft)])
            self._tell(each for each in batch if isinstance(each, Remark))
            self.report.seen += len(batch)
            if self._after is not None:
                await self._after(self.report)
        return self.report

    def _tell(self, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            self.report.tell(remark, self._most)

    async def _apply(self, drafts: Sequence[Draft]) -> None:
        now = now_ms()
        calls = [
            self._writes.apply(
                self._into.space_id,
                self._writer,
                (
                    Mutation(
                        op="create",
                        collection=draft.collection,
                        id=draft.id,
                        fields=draft.fields,
                        ms=None if draft.updated_ms is None else min(draft.updated_ms, now),
                    ),
                ),
                decide=self._decide,
            )
            for draft in drafts
        ]
        results = await asyncio.gather(*calls, return_exceptions=True)
        for draft, result in zip(drafts, results, strict=True):
            if isinstance(result, UnavailableError) or (isinstance(result, BaseException) and not _known(result)):
                raise result
            if isinstance(result, BaseException):
                self._tell([_refusal(draft, result)])
            else:
                counted = self.report.counts.setdefault(draft.collection, {})
                effect = result.outcomes[0].effect
                counted[effect] = counted.get(effect, 0) + 1


def _known(error: BaseException) -> bool:
    return isinstance(error, AiosError)


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _take(found: Iterator[Found]) -> list[Found]:
    return list(islice(found, AT_ONCE))


def _refusal(draft: Draft, error: BaseException) -> Remark:
    if isinstance(error, ConflictError) and error.reason == "deleted":
        return Remark(where=draft.where, reason=DELETED, tone="kept")
    if isinstance(error, ConflictError) and error.reason == "edited":
        return Remark(where=draft.where, reason=EDITED, tone="kept")
    if isinstance(error, InvalidError) and error.errors:
        return Remark(where=draft.where, reason=" ".join(f"{each.field}: {each.message}" for each in error.errors))
    if isinstance(error, NotFoundError):
        return Remark(where=draft.where, reason=GONE)
    return Remark(where=draft.where, reason=error.detail if isinstance(error, AiosError) else str(error))


if TYPE_CHECKING:
    from collections.abc import Awaitable

    Progress = Callable[[Report], Awaitable[None]]
