"""Numbers that devices and this server must agree on before they talk."""

from __future__ import annotations

RELEASE = 1
"""Of the device code that this server gives out. It rises with each change that the server can tell by."""
FLOOR = 1
"""The least release that may sync: raised when an older one has a fault that must not go on."""
SCHEMA = 1
"""Of the mutations that devices send."""
LEAST_SCHEMA = 1
"""The oldest one that is still understood."""

PUSH = "/api/sync/push"
MOST_MUTATIONS = 500
MOST_BYTES = 1_000_000
"""Mutations and bytes of one push."""
MOST_READ = 4_000_000
"""Bytes of a push that are still read, to name the mutation that was one too many."""
