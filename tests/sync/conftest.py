"""People with devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sync.calls import Calls

if TYPE_CHECKING:
    from tests.people import People, Person


@pytest.fixture
async def mara(people: People) -> Person:
    """Somebody with an account."""
    return await people()


@pytest.fixture
def device(mara: Person) -> Calls:
    """A device of hers that has never synced."""
    return Calls(mara)
