"""What a user name and a password may be."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec

from aios.errors import FieldError, InvalidError
from aios.records.text import fold, normalise

USERNAME_LENGTHS = (3, 50)
PASSWORD_LENGTHS = (8, 100)
MOST_TRIED = 200
"""Characters of a tried name that are looked at; nobody's is longer."""
KEY_LENGTH = 200
"""Of the column; the key of a longer folded name is cut, and at worst takes a name that nobody has."""
_INVISIBLE = (
    r"\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
)
"""Controls, marks of direction, fillers, other spaces."""
_VISIBLE = f"[^ {_INVISIBLE}]"
USERNAME_PATTERN = f"^ *[^ \\u0300-\\u036f{_INVISIBLE}][^{_INVISIBLE}]{{1,48}}{_VISIBLE} *$"
"""What a name may be, in the regular expressions that Python and JSON Schema share: the API document holds the same."""
_USERNAME = re.compile(USERNAME_PATTERN)
_REFUSED = "Some fields need another look."


class Credentials(msgspec.Struct, frozen=True):
    """A name, normalised, and a password as it was typed."""

    username: str
    password: str

    @property
    def username_key(self) -> str:
        """What two spellings of one name have in common."""
        return username_key(self.username)


def for_new_account(fields: dict[str, Any]) -> Credentials:
    """Check `username` and `password` of somebody who signs up. Raises InvalidError with every refused field."""
    errors = [
        *_wrong_text(fields, "username", "Choose a user name."),
        *_wrong_text(fields, "password", "Choose a password."),
    ]
    refused = {error.field for error in errors}
    if "username" not in refused:
        errors += check_username(fields["username"])
    if "password" not in refused:
        errors += check_password(fields["password"])
    if errors:
        raise InvalidError(_REFUSED, tuple(errors))
    return Credentials(normalise_username(fields["username"]), fields["password"])


def for_sign_in(fields: dict[str, Any]) -> Credentials:
    """Read `username` and `password` of somebody who signs in: any text, since only the right one matters.

    Raises InvalidError with every field that is missing or no text.
    """
    errors = (
        *_wrong_text(fields, "username", "Enter your user name."),
        *_wrong_text(fields, "password", "Enter your password."),
    )
    if errors:
        raise InvalidError(_REFUSED, errors)
    return Credentials(normalise_username(normalise(fields["username"][:MOST_TRIED])), fields["password"])


def normalise_username(text: str) -> str:
    """NFKC, so that look-alikes such as full-width letters become plain, without space around it.

    Where that makes a name longer than it may be, it stays as it was typed.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if len(plain) <= USERNAME_LENGTHS[1] else text.strip()


def username_key(username: str) -> str:
    """The folded form by which a name is unique: no case, no marks, no doubled spaces."""
    plain = unicodedata.normalize("NFKC", username)
    return (" ".join(fold(plain).split()) or plain.lower())[:KEY_LENGTH]


def check_username(username: str) -> list[FieldError]:
    """What is wrong with a name as it was typed, if anything."""
    if _USERNAME.search(username) and normalise(username) == username:
        return []
    least, most = USERNAME_LENGTHS
    if least <= len(username.strip()) <= most:
        return [FieldError("username", "A user name cannot contain invisible characters.")]
    return [FieldError("username", f"A user name has {least} to {most} characters.")]


def check_password(password: str, field: str = "password") -> list[FieldError]:
    """What is wrong with a new password, if anything."""
    least, most = PASSWORD_LENGTHS
    if not least <= len(password) <= most:
        return [FieldError(field, f"A password has {least} to {most} characters.")]
    return []


def _wrong_text(fields: dict[str, Any], field: str, missing: str) -> tuple[FieldError, ...]:
    value = fields.get(field)
    if value is None or value == "":
        return (FieldError(field, missing),)
    return () if isinstance(value, str) else (FieldError(field, f"The {field} must be text."),)
