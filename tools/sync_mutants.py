"""Break each promise of sync (docs/sync.md, "Invariants") on a copy: the test that is named for it must see it.

Fails when a change does not apply, when the untouched copy is not green, or when a mutant goes unseen.
"""

from __future__ import annotations

import sys

from mutation import Mutant, run

MERGING, PUSH, PULL = "tests/sync/test_merging.py", "tests/sync/test_push.py", "tests/sync/test_pull.py"
INVARIANTS, MACHINE = "tests/sync/test_invariants.py", "tests/sync/test_machine.py"
MERGE, SYNC = "aios/records/merge.py", "aios/records/sync/"
DEVICE = "tests/device/test_device.py"


def sees(file: str, name: str, dialect: str = "sqlite") -> tuple[str, ...]:
    """The address of a test that runs on both databases, on one of them."""
    return (f"{file}::test_{name}[{dialect}]",)


MUTANTS = (
    Mutant(
        "I1: a commit that fails is no error",
        "aios/database/sqlite.py",
        "                work.error = work.error or failure",
        "                work.error = work.error and failure",
        sees(PUSH, "a_commit_that_fails_is_not_acknowledged"),
    ),
    Mutant(
        "I1: acknowledged, and not committed",
        "aios/database/sqlite.py",
        'execute("COMMIT" if self._try(batch[0]) else "ROLLBACK")',
        'execute("ROLLBACK" if self._try(batch[0]) else "ROLLBACK")',
        sees(PUSH, "a_push_takes_effect_and_says_how_far_it_came"),
    ),
    Mutant(
        "I1: what was cut is kept by halves",
        "aios/database/sqlite.py",
        'execute("COMMIT" if self._try(batch[0]) else "ROLLBACK")',
        'execute("COMMIT" if self._try(batch[0]) else "COMMIT")',
        (f"{INVARIANTS}::test_i1_a_push_is_kept_whole_or_not_at_all",),
    ),
    Mutant(
        "I2: a number does not count",
        SYNC + "push.py",
        "if entry.mid <= last:",
        "if entry.mid <= 0:",
        sees(PUSH, "the_same_push_again_changes_nothing"),
    ),
    Mutant(
        "I2: a gap is passed over",
        SYNC + "push.py",
        "if entry.mid != last + 1:",
        "if entry.mid <= last:",
        sees(PUSH, "a_gap_is_refused_and_nothing_is_kept"),
    ),
    Mutant(
        "I2: a refused mutation leaves half of itself",
        "aios/records/apply.py",
        "            batch.rewind(mark)",
        "            pass",
        sees(PUSH, "a_cycle_is_rejected_and_takes_nothing_with_it"),
    ),
    Mutant(
        "I3: the head is not locked",
        "aios/records/statements.py",
        '"SELECT epoch, rev, number FROM sync_head WHERE space_id = ? FOR UPDATE"',
        '"SELECT epoch, rev, number FROM sync_head WHERE space_id = ?"',
        sees(PULL, "two_devices_that_write_at_once_end_equal", "postgresql"),
    ),
    Mutant(
        "I3: the floor is not looked at",
        SYNC + "pull.py",
        "not state.floor_rev <= reached <= state.rev",
        "reached > state.rev",
        sees("tests/jobs/test_tombstones.py", "a_purged_tombstone_raises_the_floor_to_its_revision"),
    ),
    Mutant(
        "I4: a page leaves one out",
        SYNC + "pull.py",
        '{"cursor": reached if page.more',
        '{"cursor": reached + 1 if page.more',
        sees(PULL, "pages_join_to_everything"),
    ),
    Mutant(
        "I5: only the clock decides",
        "aios/records/paths.py",
        "return self.saw(stamp) or (self.ms",
        "return (self.ms",
        sees(MERGING, "what_an_edit_had_seen_it_replaces_whatever_the_clocks_say"),
    ),
    Mutant(
        "I5: what gave way is not kept",
        MERGE,
        '            self._keep(name, "lost", value, seen.client, seen.ms)',
        "            pass",
        sees(MERGING, "of_two_values_the_later_is_shown_and_the_other_kept"),
    ),
    Mutant(
        "I6: of two texts the last one stays",
        MERGE,
        "        base = self._edit.bases.get(name)\n        if base is None:",
        '        base = text_hash(current)\n        if base == "":',
        sees(MERGING, "texts_that_were_edited_apart_are_both_there"),
    ),
    Mutant(
        "I6: texts are joined without what they were made from",
        MERGE,
        "result, hunks = merge_text(base, current, sent)",
        "result, hunks = merge_text(None, current, sent)",
        sees(MERGING, "a_chain_in_one_push_is_joined_step_by_step"),
    ),
    Mutant(
        "I6: a text is forgotten once it was joined",
        MERGE,
        '            self._keep(name, "submitted", sent',
        '            text_hash(sent) or self._keep(name, "submitted", sent',
        sees(MERGING, "a_device_removes_what_it_wrote_though_the_server_joined_it"),
    ),
    Mutant(
        "I6: a whole set is written over",
        MERGE,
        "self.document[field.name] = [*value, *unseen]",
        "self.document[field.name] = [*value]",
        sees(MERGING, "a_whole_set_removes_only_what_its_writer_had_seen"),
    ),
    Mutant(
        "I6: a member is removed by who has not seen it",
        MERGE,
        'if part in members and self._edit.seen.saw(stamp_of(self._stamps, "set", path)):',
        "if part in members:",
        sees(MERGING, "who_did_not_see_a_member_cannot_remove_it"),
    ),
    Mutant(
        "I6: what was joined belongs to its last writer",
        MERGE,
        'self._edit.seen.client if saw else ""',
        "self._edit.seen.client",
        sees(INVARIANTS, "i6_what_was_joined_is_nobodys"),
    ),
    Mutant(
        "I6: a whole keyed field is written over",
        "aios/records/keyed.py",
        'if key in self.entries and all(self._seen.saw(stamp) for stamp in under(self._stamps, "keyed", path)):',
        "if key in self.entries:",
        sees(MACHINE, "devices_on_a_bad_network_end_equal"),
    ),
    Mutant(
        "I6: lines that both have are doubled",
        "aios/records/merge_text.py",
        "        if more[line]:",
        "        if line:",
        ("tests/records/test_merge_text.py",),
    ),
    Mutant(
        "I7: a delete always wins",
        SYNC + "intent.py",
        "stored.deleted_at is not None or not seen.saw_all(stored.stamps())",
        "stored.deleted_at is not None",
        sees(MERGING, "a_delete_takes_only_what_it_had_seen"),
    ),
    Mutant(
        "I7: coming back leaves no stamp",
        "aios/records/pending.py",
        'if change.effect in {"deleted", "restored"}:',
        'if change.effect == "deleted":',
        sees(MERGING, "taking_back_is_not_undone_by_a_delete_from_before"),
    ),
    Mutant(
        "I7: a delete takes what came since, among many devices",
        "aios/records/paths.py",
        "return self.base_rev is None or all(self.saw(stamp) for stamp in stamps.values())",
        "return self.base_rev is None or any(self.saw(stamp) for stamp in stamps.values())",
        sees(MACHINE, "devices_on_a_bad_network_end_equal"),
    ),
    Mutant(
        "I8: a refused entry is dropped",
        "aios/static/device/replay.js",
        "      attention.put(",
        "      void (",
        (DEVICE,),
    ),
    Mutant(
        "I9: a wrong clock is believed",
        SYNC + "push.py",
        "if abs(skew) > MOST_SKEW_MS else mutation.ms",
        "if abs(skew) < 0 else mutation.ms",
        sees(MERGING, "a_clock_that_is_days_wrong_changes_nothing"),
    ),
    Mutant(
        "I8: a restored server does not say what it has lost",
        "aios/backup/people.py",
        "values(epoch=new_epoch(rev))",
        "values(epoch=new_epoch())",
        sees("tests/backup/test_backup.py", "what_was_backed_up_comes_back_under_another_epoch"),
    ),
    Mutant(
        "I10: what waits is not played over what comes",
        "aios/static/device/replay.js",
        "      const entries = pending.get(record.id) ?? [];",
        "      const entries = /** @type {Entry[]} */ ([]);",
        (DEVICE,),
    ),
    Mutant(
        "I10: what waits to be sent may be evicted",
        "aios/static/device/room.js",
        "if (base !== undefined || rev >= PROVISIONAL || stub !== null || conflict) return null;",
        "if (stub !== null || conflict) return null;",
        (DEVICE,),
    ),
    Mutant(
        "I10: what is kept may be evicted",
        "aios/static/device/room.js",
        "=> pins.includes(id) || pins.includes(collection);",
        "=> pins.includes(collection);",
        (DEVICE,),
    ),
    Mutant(
        "I11: nobody asks whose device it is",
        SYNC + "wire.py",
        "if isinstance(given, str) and given != account:",
        "if given is False:",
        sees(PUSH, "another_account_on_the_device_is_refused_before_anything_else"),
    ),
)

if __name__ == "__main__":
    sys.exit(run(MUTANTS, (), {"AIOS_EDITS": "1000", "AIOS_SEED": "7"}))
