"""The command `aios`. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aios import __version__
from aios.errors import AiosError, InvalidError
from aios.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse gives it no public name  # pyright: ignore[reportPrivateUsage]

FAILED = 1
MISUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit status: 0 done, 1 it could not be done, 2 a setting or an option is wrong."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, Settings.from_environment()))
    except SettingsError as error:
        return _say(str(error), MISUSED)
    except InvalidError as error:
        return _say(" ".join([*(each.message for each in error.errors)] or [error.detail]), MISUSED)
    except AiosError as error:
        return _say(error.detail, FAILED)
    except KeyboardInterrupt:
        return 130  # what a shell expects of an interrupted command


def _say(sentence: str, status: int) -> int:
    print(f"aios: {sentence}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aios",
        description="A life operating system: notes, tasks and more in one private app.",
        epilog="Settings come from environment variables; .env.example lists them all.",
    )
    parser.add_argument("--version", action="version", version=f"aios {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _serve_parser(commands)
    _migrate_parser(commands)
    _doctor_parser(commands)
    _backup_parser(commands)
    _restore_parser(commands)
    _import_parser(commands)
    _export_parser(commands)
    _user_parser(commands)
    _openapi_parser(commands)
    _worker_parser(commands)
    return parser


def _add(commands: Commands, name: str, sentence: str, example: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=sentence, description=sentence, epilog=f"Example: {example}")


def _serve_parser(commands: Commands) -> None:
    parser = _add(commands, "serve", "Run the server until it is interrupted.", "aios serve --tls --port 8000")
    parser.add_argument("--host", help="the address to listen on (default: HOST, or every address)")
    parser.add_argument("--port", type=_port, help="the port to listen on (default: PORT, or 5000)")
    parser.add_argument("--tls", action="store_true", help="also listen for https, with a local authority for phones")
    parser.add_argument("--migrate", action="store_true", help="first bring the database to the newest revision")
    parser.add_argument("--reload", action="store_true", help="start again whenever the code changes")
    parser.set_defaults(run=_serve)


def _migrate_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "migrate",
        "Bring the database to a revision of the schema, the newest by default, after a checked copy.",
        "aios migrate --to 0001",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--to", default="head", metavar="REV", help="a revision such as 0001, base, or head")
    choice.add_argument("--generate", metavar="MESSAGE", help="for developers: write a revision for changed models")
    parser.set_defaults(run=_migrate)


def _doctor_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "doctor",
        "Check settings, database, stored records, clock and disk; the exit status is 1 if anything is wrong.",
        "aios doctor --repair",
    )
    parser.add_argument(
        "--repair",
        action="store_true",
        help="write anew what follows from the records, and remove what belongs to nothing",
    )
    parser.set_defaults(run=_doctor)


def _backup_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "backup",
        "Copy everything to a new folder, as it is at one moment, and check the copy; the server may go on running.",
        "aios backup /mnt/disk/aios-monday",
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="the folder to make; encrypted, the file")
    parser.add_argument("--force", action="store_true", help="replace an older backup of that name")
    parser.add_argument(
        "--schedule",
        metavar="EVERY",
        help="go on, with one every 6hours or 1day in the folder PATH; older ones are thinned out",
    )
    parser.add_argument("--keep", metavar="WHICH", help="with --schedule: which stay (AIOS_BACKUP_KEEP, 7d,4w,6m)")
    parser.add_argument("--recipient", metavar="AGE1", help="encrypt for this recipient of age (AIOS_BACKUP_RECIPIENT)")
    parser.add_argument("--new-key", action="store_true", help="only write a new secret key to PATH, for --recipient")
    parser.set_defaults(run=_backup)


def _restore_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "restore",
        "Put a backup in the place of the database, which is kept; stop the server first.",
        "aios restore /mnt/disk/aios-monday",
    )
    parser.add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="a backup, or a database file as migrations keep it before they change it",
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="only read the backup, and say whether it is whole")
    only.add_argument(
        "--verify", action="store_true", help="only rehearse it beside the database, and look at the result"
    )
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the secret key of an encrypted backup")
    parser.set_defaults(run=_restore)


def _import_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "import",
        "Bring in what another program wrote: a file, a folder or an archive. Doing it again makes no duplicates.",
        "aios import notes ~/vault --user mara",
    )
    parser.add_argument(
        "kind", metavar="KIND", help="notes, tasks, or what else modules take; everything for an export of AIOS"
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="the file, folder, zip or JEX")
    parser.add_argument("--user", required=True, metavar="NAME", help="whose records they become")
    parser.add_argument("--format", default="", metavar="FORMAT", help="only where it is not found out by itself")
    parser.set_defaults(run=_import)


def _export_parser(commands: Commands) -> None:
    parser = _add(
        commands,
        "export",
        "Write everything of a person to a zip: Markdown for other programs, and JSON that comes back the same.",
        "aios export --user mara --output mara.zip",
    )
    parser.add_argument("--user", required=True, metavar="NAME", help="whose records")
    parser.add_argument("--output", type=Path, metavar="PATH", help="the file, or a folder for it (default: here)")
    parser.set_defaults(run=_export)


def _user_parser(commands: Commands) -> None:
    parser = _add(commands, "user", "Manage the people of this server.", "aios user list")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    create = _add(
        actions,
        "create",
        "Add a person. The password is read from standard input.",
        "aios user create mara --password-stdin < password.txt",
    )
    create.set_defaults(run=_user_create)
    reset = _add(
        actions,
        "reset-password",
        "Give a person a new password and sign out all their devices.",
        "aios user reset-password mara --password-stdin < password.txt",
    )
    reset.set_defaults(run=_user_reset)
    delete = _add(
        actions,
        "delete",
        "Remove a person with everything they stored. This cannot be undone.",
        "aios user delete mara --yes",
    )
    delete.add_argument("--yes", action="store_true", required=True, help="say that you mean it")
    delete.set_defaults(run=_user_delete)
    for action in (create, reset):
        action.add_argument(
            "--password-stdin", action="store_true", required=True, help="read the password from standard input"
        )
    standing = (
        ("disable", "Sign a person out everywhere and let them in no more; what they stored stays."),
        ("enable", "Let a person in again who was disabled."),
        ("promote", "Make a person an owner of the server, who may invite others."),
    )
    changes = [_add(actions, name, sentence, f"aios user {name} mara") for name, sentence in standing]
    for change, (name, _) in zip(changes, standing, strict=True):
        change.set_defaults(run=_user_change, change=name)
    for action in (create, reset, delete, *changes):
        action.add_argument("name", metavar="NAME", help="the user name")
    invited = _add(actions, "invite", "Print a link that lets one person make an account.", "aios user invite")
    invited.set_defaults(run=_user_invite)
    everybody = _add(actions, "list", "List the people of this server.", "aios user list")
    everybody.set_defaults(run=_user_list)


def _openapi_parser(commands: Commands) -> None:
    parser = _add(
        commands, "openapi", "Print the OpenAPI document of the REST interface.", "aios openapi > docs/openapi.json"
    )
    parser.set_defaults(run=_openapi)


def _worker_parser(commands: Commands) -> None:
    parser = _add(commands, "worker", "Run background jobs alone, without a server.", "aios worker")
    parser.set_defaults(run=_worker)


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65_535:  # noqa: PLR2004  the largest port there is
        message = f"{text} is not a port"
        raise argparse.ArgumentTypeError(message)
    return number


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    import msgspec  # noqa: PLC0415  as the docstring says, for all below

    from aios.cli.serve import serve  # noqa: PLC0415

    if options.migrate:
        _bring_to(settings, "head", quiet=True)
    given = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    return serve(msgspec.structs.replace(settings, **given), tls=options.tls, reload=options.reload)


def _migrate(options: argparse.Namespace, settings: Settings) -> int:
    from aios.database import migrate  # noqa: PLC0415

    if options.generate:
        print(f"Wrote {migrate.generate(options.generate)}. Read it before you use it.")
        return 0
    _bring_to(settings, options.to)
    return 0


def _bring_to(settings: Settings, revision: str, *, quiet: bool = False) -> None:
    """Migrate and say what was done; with `quiet`, nothing where there was nothing to do."""
    from aios.database import migrate  # noqa: PLC0415
    from aios.database.address import Address  # noqa: PLC0415

    address = Address.parse(settings.database_url, pooler=settings.database_pooler)
    done = migrate.migrate(address, revision, copies=settings.data_dir / "backups")
    if done.copy:
        print(f"The database was copied to {done.copy} first.")
    if done.note:
        print(done.note)
    if done.before != done.after:
        print(f"The database went from revision {done.before} to {done.after}.")
    elif not quiet:
        print(f"The database is at revision {done.after} already.")


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.doctor import examine  # noqa: PLC0415

    findings = examine(settings, repair=options.repair)
    for finding in findings:
        print(f"{'ok   ' if finding.well else 'WRONG'} {finding.subject}: {finding.sentence}")
    return 0 if all(finding.well for finding in findings) else FAILED


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    import msgspec  # noqa: PLC0415

    from aios.cli import backup  # noqa: PLC0415
    from aios.settings import every  # noqa: PLC0415

    if options.new_key:
        print(backup.new_key(options.path))
        return 0
    changes = {"backup_recipient": options.recipient, "backup_keep": options.keep}
    given: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if options.schedule:
        given["backup_every"] = every("--schedule", options.schedule)
        backup.go_on(msgspec.structs.replace(settings, **given), options.path)
    print(backup.make(msgspec.structs.replace(settings, **given), options.path, force=options.force))
    return 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.backup import bring, look, rehearse  # noqa: PLC0415

    if options.verify:
        lines, well = rehearse(settings, options.path, options.identity)
    elif options.check:
        lines, well = [look(settings, options.path, options.identity)], True
    else:
        lines, well = bring(settings, options.path, options.identity), True
    print("\n".join(lines))
    return 0 if well else FAILED


def _import(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.port import bring  # noqa: PLC0415

    lines, whole = bring(settings, options.kind, options.path, options.user, options.format)
    print("\n".join(lines))
    return 0 if whole else FAILED


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.port import give  # noqa: PLC0415

    print(give(settings, options.user, options.output))
    return 0


def _user_create(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.users import create  # noqa: PLC0415

    print(f"Added {create(settings, options.name, _password())}.")
    return 0


def _user_reset(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.users import reset_password  # noqa: PLC0415

    print(f"{reset_password(settings, options.name, _password())} has a new password and is signed out everywhere.")
    return 0


def _user_delete(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.users import delete  # noqa: PLC0415

    print(f"Removed {delete(settings, options.name)} and everything they stored.")
    return 0


def _user_change(options: argparse.Namespace, settings: Settings) -> int:
    from aios.cli import users  # noqa: PLC0415

    change, said = {
        "disable": (users.disable, "is signed out everywhere and cannot sign in"),
        "enable": (users.enable, "can sign in again"),
        "promote": (users.promote, "is an owner of this server"),
    }[options.change]
    print(f"{change(settings, options.name)} {said}.")
    return 0


def _user_invite(_: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.users import invitation  # noqa: PLC0415

    print(invitation(settings))
    return 0


def _user_list(_: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.users import everybody  # noqa: PLC0415

    for line in everybody(settings):
        print(line)
    return 0


def _openapi(_: argparse.Namespace, __: Settings) -> int:
    import json  # noqa: PLC0415

    from aios.modules import discover  # noqa: PLC0415
    from aios.web.openapi import document  # noqa: PLC0415

    print(json.dumps(document(discover()), indent=2, ensure_ascii=False))
    return 0


def _worker(_: argparse.Namespace, settings: Settings) -> int:
    from aios.cli.worker import work  # noqa: PLC0415

    return work(settings)


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")
