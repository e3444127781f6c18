"""The command, with the settings of the test."""

from __future__ import annotations

import pytest

from tests.cli.commands import Command


@pytest.fixture
def aios(environment: dict[str, str]) -> Command:
    return Command(environment)
