"""Reading what other servers publish, at an address that a person gave, without being led into a network of our own."""

from aios.port.outside.addresses import is_public
from aios.port.outside.fetch import Answer, Outside, OutsideError

__all__ = ["Answer", "Outside", "OutsideError", "is_public"]
