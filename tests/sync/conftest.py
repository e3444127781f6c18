"""People with devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.redis_server import RedisServer
from tests.sync.calls import Calls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.people import People, Person


@pytest.fixture
async def mara(people: People) -> Person:
    """Somebody with an account."""
    return await people()


@pytest.fixture
def device(mara: Person) -> Calls:
    """A device of hers that has never synced."""
    return Calls(mara)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that the test may kill."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()
