"""The mutants that `make test-long` tries: each still names a place that is there once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from tools.mutation import ROOT

if TYPE_CHECKING:
    from tools.mutation import Mutant

NAMES = ("parity_mutants", "sync_mutants", "template_mutants")


@pytest.fixture(params=NAMES)
def mutants(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Mutant, ...]:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))  # they are scripts, which import each other by name
    return importlib.import_module(request.param).MUTANTS


def test_every_mutant_applies(mutants: tuple[Mutant, ...]) -> None:
    assert mutants
    missing = [each.name for each in mutants if (ROOT / each.file).read_text("utf-8").count(each.old) != 1]
    assert not missing
