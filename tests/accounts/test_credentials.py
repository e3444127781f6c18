"""Names and passwords."""

from __future__ import annotations

import pytest

from aios.accounts.credentials import for_new_account, for_sign_in, username_key
from aios.errors import InvalidError

GOOD = {"username": "Mara", "password": "correct horse"}


def refused(fields, check=for_new_account):
    with pytest.raises(InvalidError) as error:
        check(fields)
    return {each.field: each.message for each in error.value.errors}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mara ", "Mara"),
        ("Mára", "Mára"),
        ("\uff2dara", "Mara"),
        ("李小龍", "李小龍"),
        ("a" * 50, "a" * 50),
        ("\ufdfa" * 9, "\ufdfa" * 9),
    ],
)
def test_a_name_is_normalised(typed, kept):
    assert for_new_account({**GOOD, "username": typed}).username == kept


@pytest.mark.parametrize(
    "username",
    [
        *("", "ab", "  ab  ", "a" * 51),
        *("ma\x00ra", "ma\nra", "ma\u202era", "ma\u200bra", "\u0301\u0301\u0301", "\ud800abc"),
        *(7, None, ["Mara"]),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(username):
    assert list(refused({**GOOD, "username": username})) == ["username"]


@pytest.mark.parametrize("password", ["", "seven77", "x" * 101, 12345678, None])
def test_a_password_has_8_to_100_characters(password):
    assert list(refused({**GOOD, "password": password})) == ["password"]


@pytest.mark.parametrize("password", ["eight888", "x" * 100, "\U0001f40e" * 8])
def test_characters_are_counted_not_bytes(password):
    assert for_new_account({**GOOD, "password": password}).password == password


def test_all_errors_come_at_once():
    assert list(refused({})) == ["username", "password"]
    assert list(refused({"username": "ab", "password": "short"})) == ["username", "password"]
    assert list(refused({"password": 1}, for_sign_in)) == ["username", "password"]


@pytest.mark.parametrize("other", ["mara", "MARA", "Mára", "Ma\u0301ra"])
def test_spellings_of_one_name_have_one_key(other):
    assert username_key(other) == username_key("Mara")


def test_the_longest_key_fits_its_column():
    worst = max(
        (username_key(for_new_account({**GOOD, "username": character * 50}).username) for character in "각ΐǖ\uac01"),
        key=len,
    )
    assert len(worst) <= 200


def test_signing_in_takes_any_text_but_nothing_a_database_refuses():
    credentials = for_sign_in({"username": " ma\x00ra ", "password": "x"})
    assert credentials.username == "ma\ufffdra"
    assert len(for_sign_in({"username": "a" * 100_000, "password": "x"}).username) == 200
