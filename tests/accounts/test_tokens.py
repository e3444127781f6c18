"""Session tokens: what is issued is read, and nothing else."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest

from aios.accounts import tokens as module
from aios.accounts.identity import Identity
from aios.accounts.tokens import DAY_S, Known, Tokens
from aios.errors import UnauthenticatedError

SECRET = "a secret of more than thirty-two characters"
NOW = int(time.time())
CLAIMS = {"sub": "a", "dev": "d", "name": "Mara", "kind": "bearer", "iat": NOW, "exp": NOW + 3600}


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(SECRET)


@pytest.mark.parametrize(("kind", "days"), [("cookie", 90), ("bearer", 7)])
def test_what_is_issued_is_read(tokens, kind, days):
    token = tokens.issue("account", "Mara", "device", kind, now_s=NOW)
    expected = Identity("account", "Mara", "device", kind, NOW, NOW + days * DAY_S)
    assert tokens.read(token) == expected
    assert tokens.read(token, kind) == expected
    assert Tokens(SECRET).read(token) == expected


def test_any_jwt_library_can_check_it(tokens):
    token = tokens.issue("account", "Mara", "device", "bearer", now_s=NOW)
    assert jwt.decode(token, SECRET, algorithms=["HS256"])["sub"] == "account"


def test_it_expires_also_when_it_was_read_before(tokens, monkeypatch):
    token = tokens.issue("account", "Mara", "device", "bearer")
    tokens.read(token)
    later = time.time() + 8 * DAY_S
    monkeypatch.setattr(module.time, "time", lambda: later)
    with pytest.raises(UnauthenticatedError) as refused:
        tokens.read(token)
    assert refused.value.reason == "expired"


def test_an_expired_one_says_so(tokens):
    with pytest.raises(UnauthenticatedError) as refused:
        tokens.read(tokens.issue("account", "Mara", "device", "bearer", now_s=NOW - 8 * DAY_S))
    assert refused.value.reason == "expired"


def test_a_cookie_token_is_no_bearer_token(tokens):
    token = tokens.issue("account", "Mara", "device", "cookie")
    tokens.read(token)
    with pytest.raises(UnauthenticatedError):
        tokens.read(token, "bearer")


def _unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        "a.b.c",
        _unsigned(CLAIMS),
        jwt.encode(CLAIMS, "another secret, just as long as ours is", "HS256"),
        jwt.encode(CLAIMS, SECRET + SECRET, "HS512"),
        jwt.encode(CLAIMS, SECRET.ljust(64, "x"), "HS256"),
        jwt.encode({**CLAIMS, "kind": "known"}, SECRET, "HS256"),
        jwt.encode({**CLAIMS, "kind": 1}, SECRET, "HS256"),
        jwt.encode({**CLAIMS, "name": None}, SECRET, "HS256"),
        *[jwt.encode({k: v for k, v in CLAIMS.items() if k != gone}, SECRET, "HS256") for gone in CLAIMS],
    ],
)
def test_nothing_else_is_read(tokens, forged):
    with pytest.raises(UnauthenticatedError) as refused:
        tokens.read(forged)
    assert refused.value.reason == "missing"


def test_the_same_algorithm_with_the_same_secret_only(tokens):
    assert tokens.read(jwt.encode(CLAIMS, SECRET, "HS256")).account_id == "a"
    with pytest.raises(UnauthenticatedError):
        tokens.read(jwt.encode(CLAIMS, SECRET.ljust(64), "HS384"))


def test_the_cache_is_bounded_and_keeps_what_is_used(tokens, monkeypatch):
    monkeypatch.setattr(module, "MOST_CACHED", 3)
    made = [tokens.issue("account", "Mara", str(number), "bearer") for number in range(4)]
    for token in made[:3]:
        tokens.read(token)
    tokens.read(made[0])
    tokens.read(made[3])
    assert list(tokens._cache) == [made[2], made[0], made[3]]


def test_a_device_cookie_names_a_device_and_opens_nothing(tokens):
    mark = tokens.issue_known("account", "device")
    assert tokens.read_known(mark) == Known("account", "device")
    with pytest.raises(UnauthenticatedError):
        tokens.read(mark)


def test_a_session_token_is_no_device_cookie(tokens):
    assert tokens.read_known(tokens.issue("account", "Mara", "device", "cookie")) is None
    assert tokens.read_known("nonsense") is None
    assert Tokens("another secret, just as long as ours is").read_known(tokens.issue_known("a", "d")) is None
