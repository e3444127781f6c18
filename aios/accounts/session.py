"""Whether a session stands, asked on every request in one statement of two look-ups by primary key."""

from __future__ import annotations

from aios.database import Sql

SESSION = Sql(
    "SELECT h.epoch, h.rev FROM sync_head h JOIN device d ON d.account_id = h.space_id "
    "WHERE h.space_id = ? AND d.id = ? AND d.revoked_at IS NULL AND d.expires_at > ?"
)
"""(account id, device id, now in ms) → one row (epoch, rev) of the person's space, or none: revoked, expired, gone."""
SLIDE = Sql("UPDATE device SET expires_at = ?, last_seen_at = ? WHERE id = ? AND revoked_at IS NULL")
"""(expires_at, now, device id): a cookie session that is used goes on."""
SEEN = Sql("UPDATE device SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?")
"""(now, device id, now): by whichever process notes it first."""
