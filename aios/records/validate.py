"""Checking what a writer sent against a collection: every refused field is named, not only the first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from aios.errors import FieldError, InvalidError
from aios.records.paths import CONFLICT, split
from aios.records.text import normalise

if TYPE_CHECKING:
    from aios.records.collection import Collection, Document, Field
    from aios.records.mutation import Writer

EXACT = 2**53
"""Below it, every whole number is exact in JSON's usual double."""
REFUSED = "Some fields cannot be kept as they are."
_LONG = re.compile(r"`str` of length <= (\d+)")
_SHORT = re.compile(r"`str` of length >= (\d+)")
_FEW = re.compile(r"`array` of length >= (\d+)")
_MANY = re.compile(r"`array` of length <= (\d+)")
_MOST = re.compile(r"`(?:int|float)` <= (-?[\d.]+)")
_LEAST = re.compile(r"`(?:int|float)` >= (-?[\d.]+)")
_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_ENUM = re.compile(r"Invalid enum value (.+?)(?: - at|$)")
_NAMES = {
    "str": "text",
    "bool": "true or false",
    "int": "a whole number",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def check(collection: Collection, sent: Document, writer: Writer, *, creating: bool) -> Document:
    """Return the fields of `sent` that may be written, normalised. Raises InvalidError naming all that may not.

    Read-only fields are left out for a lenient writer (REST clients send back what they read); any other
    writer that sends one, and anyone who sends an unknown field, is refused. Paths are for updates by all others.
    """
    errors: list[FieldError] = []
    fields: Document = {}
    parts: Document = {}
    for name, value in sent.items():
        field = collection.fields.get(name)
        if field is None and "/" in name and not creating and not writer.lenient:
            parts |= _part(collection, name, value, errors)
        elif field is None:
            errors.append(FieldError(name, f"{collection.singular.capitalize()} records have no field with this name."))
        elif field.writable or (name == "createdAt" and writer.importer):
            fields[name] = clean(value)
        elif not writer.lenient:
            errors.append(FieldError(name, "This field cannot be set."))
    if creating:
        missing = [name for name in collection.required if name not in fields]
        errors += [FieldError(name, "This field is required.") for name in missing]
    checked = _convert(collection, fields, errors)
    if errors:
        raise InvalidError(REFUSED, tuple(errors))
    return checked | parts


def check_whole(collection: Collection, document: Document, previous: Document, fields: Document) -> None:
    """Check what fields have become that an edit was joined with. Raises InvalidError."""
    names = {split(path)[0] for path in fields if collection.fields[split(path)[0]].trait.merge != "value"}
    changed = {name: document[name] for name in names if document[name] not in (previous.get(name), fields.get(name))}
    errors: list[FieldError] = []
    if changed:
        _convert(collection, changed, errors)
    if errors:
        raise InvalidError(REFUSED, tuple(errors))


def clean(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """Normalise every text inside a JSON value (docs/sync.md, push 6), and write 2.0 as 2, which JSON calls equal."""
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    nested: Any = value
    if isinstance(value, list):
        return [clean(member) for member in nested]
    if isinstance(value, dict):
        return {normalise(key): clean(member) for key, member in nested.items()}
    return nested


def _part(collection: Collection, path: str, value: Any, errors: list[FieldError]) -> Document:  # noqa: ANN401  any JSON value
    """A path and what is written there, normalised; nothing when it is refused."""
    name, part = split(normalise(path))
    field = collection.fields.get(name)
    reason = None
    if field is None or not part:
        reason = f"{collection.singular.capitalize()} records have no field with this name."
    elif not field.writable:
        reason = "This field cannot be set."
    elif not _fits(field, part, value):
        reason = "This part of the field cannot be set like this."
    if reason is not None:
        errors.append(FieldError(path, reason))
        return {}
    if value is True and field is not None and field.trait.merge == "set":
        _convert(collection, {name: [part]}, errors)
    return {f"{name}/{part}": clean(value)}


def _fits(field: Field, part: str, value: Any) -> bool:  # noqa: ANN401  any JSON value
    """Whether a field has parts of this kind: members come and go, and a conflict is only ever settled."""
    if field.trait.merge == "set":
        return value is True or value is None
    if field.trait.merge == "text":
        return part == CONFLICT and value is None
    return field.trait.merge == "keyed"


def _convert(collection: Collection, fields: Document, errors: list[FieldError]) -> Document:
    partial = collection.partial
    try:
        checked: Document = msgspec.to_builtins(msgspec.convert(fields, partial))
    except msgspec.ValidationError:
        for name, value in fields.items():
            try:
                msgspec.convert({name: value}, partial)
            except msgspec.ValidationError as error:
                errors.append(FieldError(name, explain(str(error))))
        return {}
    return checked


def explain(reason: str) -> str:
    """Turn msgspec's reason into a sentence for the person who typed the value."""
    if reason.startswith("Expected `str` of length >= 1"):
        return "This cannot be empty."
    sentences = (
        (_LONG, "Use at most {} characters."),
        (_MANY, "Use at most {} entries."),
        (_SHORT, "Use at least {} characters."),
        (_FEW, "Use at least {} entries."),
        (_MOST, "Use {} or less."),
        (_LEAST, "Use {} or more."),
    )
    for pattern, sentence in sentences:
        found = pattern.search(reason)
        if found:
            return sentence.format(f"{int(found[1]):,}" if found[1].isdigit() else found[1])
    found = _ENUM.search(reason)
    if found:
        return f"{found[1]} is not one of the choices."
    found = _TYPE.search(reason)
    if found:
        wanted = " or ".join(_NAMES.get(part.strip(), part.strip()) for part in found[1].split("|"))
        return f"This must be {wanted}, not {_NAMES.get(found[2], found[2])}."
    return f"This cannot be read: {reason}."
