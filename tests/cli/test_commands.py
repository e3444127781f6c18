"""The command `aios`, as a process of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aios.database import Address
from aios.database.migrate import current, head
from aios.database.sqlite import connect

if TYPE_CHECKING:
    from tests.cli.commands import Command


sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@sqlite_only
@pytest.mark.parametrize(
    "command",
    ["", "serve", "migrate", "doctor", "backup", "restore", "import", "export", "user", "user create", "user list",
     "user reset-password", "user delete",
     "openapi", "worker"],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(aios: Command, command: str) -> None:
    done = aios(*command.split(), "--help")
    assert done.returncode == 0
    assert f"usage: aios {command}".strip() in done.stdout
    if command:
        assert "Example: aios" in done.stdout


def test_people_are_added_listed_changed_and_removed(aios: Command) -> None:
    added = aios("user", "create", "Mara Lind", "--password-stdin", typed="a long quiet sentence\n")
    assert (added.returncode, added.stdout, added.stderr) == (0, "Added Mara Lind.\n", "")
    again = aios("user", "create", "mara  lind", "--password-stdin", typed="a long quiet sentence\n")
    assert (again.returncode, again.stderr) == (1, "aios: This user name is taken. Choose another one.\n")
    assert aios("user", "list").stdout.startswith("Mara Lind\t")
    changed = aios("user", "reset-password", "mara lind", "--password-stdin", typed="another long sentence")
    assert changed.returncode == 0, changed.stderr
    removed = aios("user", "delete", "MARA LIND", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert aios("user", "list").stdout == ""
    gone = aios("user", "delete", "mara lind", "--yes")
    assert gone.returncode == 1
    assert gone.stderr.startswith("aios: There is")


@sqlite_only
def test_what_cannot_be_used_is_one_plain_sentence(aios: Command) -> None:
    short = aios("user", "create", "mara", "--password-stdin", typed="short")
    assert (short.returncode, short.stderr) == (2, "aios: A password has 8 to 100 characters.\n")
    port = aios("serve", PORT="five")
    assert (port.returncode, port.stderr) == (2, "aios: PORT='five' must be a whole number.\n")
    secret = aios("serve", AIOS_ENV="production", JWT_SECRET="")
    assert secret.returncode == 2
    assert secret.stderr.startswith("aios: JWT_SECRET is not set")
    address = aios("doctor", DATABASE_URL="mysql://somewhere/x")
    assert address.returncode == 2
    assert "postgres://" in address.stderr
    away = aios("migrate", DATABASE_URL="postgres://127.0.0.1:9/nowhere")
    assert away.returncode == 1
    assert "cannot be reached" in away.stderr
    for done in (short, port, secret, address, away):
        assert done.stderr.count("\n") == 1
    assert aios("user", "delete", "mara").returncode == 2  # not without --yes


def test_migrate_goes_down_and_up_and_says_so(aios: Command, database_url: str) -> None:
    assert aios("migrate").stdout == f"The database is at revision {head()} already.\n"
    down = aios("migrate", "--to", "0001")
    assert down.stdout == f"The database went from revision {head()} to 0001.\n"
    assert current(Address.parse(database_url)) == "0001"
    refused = aios("serve")
    assert refused.returncode == 1
    assert refused.stderr.endswith("Run: aios migrate\n")
    assert aios("migrate", "--to", "nonsense").returncode == 1
    assert aios("migrate").returncode == 0
    assert current(Address.parse(database_url)) == head()


@sqlite_only
def test_migrate_names_the_copy_that_it_made(aios: Command) -> None:
    aios("user", "create", "mara", "--password-stdin", typed="a long quiet sentence")
    first = aios("migrate", "--to", "0001").stdout.splitlines()[0]
    assert first.startswith("The database was copied to ")


@sqlite_only
def test_the_jobs_of_a_person_go_with_them(aios: Command, database_url: str) -> None:
    aios("user", "create", "mara", "--password-stdin", typed="a long quiet sentence")
    account_id = aios("user", "list").stdout.split("\t")[1]
    connection = connect(Address.parse(database_url).target)
    for job_id, owner in (("hers", account_id), ("nobody's", None)):
        connection.execute(
            "INSERT INTO job VALUES (?, 'k', '{}', ?, NULL, 1, 0, NULL, NULL, NULL, 1, NULL)", (job_id, owner)
        )
    assert aios("user", "delete", "mara", "--yes").returncode == 0
    assert connection.execute("SELECT id FROM job").fetchall() == [("nobody's",)]
    assert connection.execute("SELECT count(*) FROM sync_head").fetchone() == (0,)
    connection.close()


@sqlite_only
def test_openapi_prints_the_document(aios: Command) -> None:
    document = json.loads(aios("openapi").stdout)
    assert document["openapi"].startswith("3.")
    assert "/api/notes" in document["paths"]
