"""A device for the whole session: starting Node takes longer than thousands of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.parity.device import Device
from tests.parity.libraries import Libraries

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A Node process that renders compiled templates."""
    made = Device(tmp_path_factory.mktemp("device"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def libraries() -> Iterator[Libraries]:
    """A Node process that calls the device's base libraries."""
    made = Libraries()
    yield made
    made.close()
