"""What a collection is: a msgspec Struct whose fields carry traits.

The Struct gives types, limits and defaults; the traits say how a field merges and what it is used for.
REST, forms, validation, OpenAPI, sync, search and sorting are all derived from this one declaration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

import msgspec

from aios.records.text import sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aios.database import Steps
    from aios.records.apply import Batch, Change

Document: TypeAlias = dict[str, Any]
Merge = Literal["value", "text", "set", "keyed"]
NO_KEY = "~"
"""The key of an absent value: after every digit and ASCII letter, so that tasks without a date come last."""


class Trait(msgspec.Struct, frozen=True, kw_only=True):
    """What a field is for, given in `Annotated`. Fields without one are plain values."""

    merge: Merge = "value"
    """How concurrent edits join (docs/sync.md, push 5). `text` is also what a stub leaves out."""
    searchable: bool = False
    read_only: bool = False
    """Ignored when a REST client sends it back, refused from a device."""
    computed: bool = False
    """Not stored: spliced in when read. Implies read-only."""
    continues: str = ""
    """A text that is left out of a new record is that of the record which this field names: who makes the next of a
    series need not have the long texts of the one before (docs/sync.md, "Stubs")."""
    description: str = ""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """A stored key by which records of a collection are found and ordered, on SQL and IndexedDB alike."""

    field: str
    """The wire name of the field."""
    fold: bool = False
    """Key is the folded sort key of a text instead of the value itself."""
    multiple: bool = False
    """One key for each member of an array."""
    sparse: bool = False
    """No key for an absent (null) value; otherwise it is NO_KEY, so that sorting keeps every record."""
    when: tuple[str, tuple[str | bool, ...]] | None = None
    """Only records whose field (first) has one of the values (second) have a key."""

    def keys(self, document: Document) -> Iterable[str]:
        """The keys that `document` is stored under."""
        if self.when is not None and document.get(self.when[0]) not in self.when[1]:
            return ()
        value = document.get(self.field)
        if self.multiple:
            return dict.fromkeys([_key(member, fold=self.fold) for member in value]) if value else ()
        if value is None:
            return () if self.sparse else (NO_KEY,)
        return (_key(value, fold=self.fold),)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A REST query parameter: equality on an index, or an open bound (`below`, `above`: exclusive)."""

    index: str
    kind: Literal["equal", "below", "above"] = "equal"
    type: Literal["text", "boolean", "id", "instant"] = "text"
    """A boolean's index holds the records for which it is true (`when`), so that most records need no key."""
    description: str = ""


class Field:
    """One field of a collection, resolved from the Struct."""

    __slots__ = ("default", "name", "required", "trait", "type")

    def __init__(self, name: str, kind: Any, trait: Trait, default: Any, *, required: bool) -> None:  # noqa: ANN401
        self.name = name
        self.type = kind
        self.trait = trait
        self.default = default
        """A function that makes the default."""
        self.required = required

    @property
    def writable(self) -> bool:
        """Whether a client may set it."""
        return not (self.trait.read_only or self.trait.computed)


class Collection:
    """A named set of records of one Struct.

    `indexes` name the stored keys; `updated` (by time of the last change) exists always. `sorts` maps the
    values of REST's `sort` to index names. `derive` completes a document from itself, before it is stored;
    `due` gives the instant (wire form) at which it wants attention, or None. `rules` are generators that
    check a change against other records and raise InvalidError. `reverse` fills a computed field with the
    ids of records of another collection: {field: (collection, index)}.
    """

    def __init__(  # noqa: PLR0913  keyword-only declarations, each one idea
        self,
        name: str,
        struct: type[msgspec.Struct],
        *,
        singular: str,
        indexes: dict[str, Index] | None = None,
        filters: dict[str, Filter] | None = None,
        sorts: dict[str, str] | None = None,
        derive: Callable[[Document, Document | None], None] | None = None,
        due: Callable[[Document], str | None] | None = None,
        rules: tuple[Callable[[Batch, Change], Steps[None]], ...] = (),
        reverse: dict[str, tuple[str, str]] | None = None,
        single: bool = False,
        example: Document | None = None,
    ) -> None:
        self.name = name
        self.struct = struct
        self.singular = singular
        self.fields = {field.name: field for field in _fields(struct)}
        self.indexes = indexes or {}
        self.filters = filters or {}
        self.sorts = {"updatedAt": "updated", **(sorts or {})}
        self.derive = derive
        self.due = due
        self.rules = rules
        self.reverse = reverse or {}
        self.single = single
        """One record per space, with an implied id: `settings`."""
        self.example = example or {}
        self.searchable = tuple(name for name, field in self.fields.items() if field.trait.searchable)
        self.texts = tuple(name for name, field in self.fields.items() if field.trait.merge == "text")
        self.continued = {name: field.trait.continues for name, field in self.fields.items() if field.trait.continues}
        """For each text that goes on from another record: the field that names that one."""
        self.partial = _partial(struct, self.fields)
        """The Struct with every field optional: checks an update."""
        self.required = tuple(name for name, field in self.fields.items() if field.required and field.writable)
        self.stored = tuple(name for name, field in self.fields.items() if not field.trait.computed)

    def __repr__(self) -> str:
        """The name is enough."""
        return f"Collection({self.name!r})"

    def keys(self, document: Document) -> list[tuple[str, str]]:
        """All stored (index, key) pairs of `document`."""
        return [(name, key) for name, index in self.indexes.items() for key in index.keys(document)]


def _partial(struct: type[msgspec.Struct], fields: dict[str, Field]) -> type[msgspec.Struct]:
    attributes = {field.name: f"field_{number}" for number, field in enumerate(fields.values())}
    return msgspec.defstruct(
        f"{struct.__name__}Change",
        [(attributes[name], field.type | msgspec.UnsetType, msgspec.UNSET) for name, field in fields.items()],
        rename={attribute: name for name, attribute in attributes.items()},
        kw_only=True,
    )


def _key(value: object, *, fold: bool) -> str:
    if isinstance(value, str):
        return sort_key(value) if fold else value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return f"{value:016d}"
    return sort_key(str(value)) if fold else str(value)


def _fields(struct: type[msgspec.Struct]) -> Iterable[Field]:
    hints = get_type_hints(struct, include_extras=True)
    for info in msgspec.structs.fields(struct):
        hint = hints[info.name]
        metadata = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        trait = next((each for each in metadata if isinstance(each, Trait)), Trait())
        yield Field(info.encode_name, hint, trait, _default(info), required=info.required)


def _default(info: msgspec.structs.FieldInfo) -> Callable[[], Any]:
    if info.default_factory is not msgspec.NODEFAULT:
        factory: Callable[[], Any] = info.default_factory
        return factory
    return lambda: info.default
