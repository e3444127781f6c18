"""The one error of a run."""

from __future__ import annotations


class MeasurementError(Exception):
    """Something could not be measured, or an answer was not what it has to be. The run ends with exit code 1."""
