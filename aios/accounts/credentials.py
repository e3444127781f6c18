"""What a user name and a password may be."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

from aios.errors import FieldError, InvalidError
from aios.records.text import fold, normalise

USERNAME_LENGTHS = (3, 50)
PASSWORD_LENGTHS = (8, 100)
MOST_TRIED = 200
"""Characters of a tried name that are looked at; nobody's is longer."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
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
    username = "" if "username" in refused else normalise_username(fields["username"])
    if "username" not in refused:
        errors += check_username(username)
    if "password" not in refused:
        errors += check_password(fields["password"])
    if errors:
        raise InvalidError(_REFUSED, tuple(errors))
    return Credentials(username, fields["password"])


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
    """NFKC, so that look-alikes such as full-width letters become plain, without space around it."""
    return unicodedata.normalize("NFKC", text).strip()


def username_key(username: str) -> str:
    """The folded form by which a name is unique: no case, no marks, no doubled spaces."""
    return " ".join(fold(username).split())


def check_username(username: str) -> list[FieldError]:
    """What is wrong with a normalised name, if anything."""
    least, most = USERNAME_LENGTHS
    if not least <= len(username) <= most or not username_key(username):
        return [FieldError("username", f"A user name has {least} to {most} characters.")]
    if any(unicodedata.category(character) in _INVISIBLE for character in username):
        return [FieldError("username", "A user name cannot contain invisible characters.")]
    return []


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
