"""Each file that deploys AIOS: linted, and of one mind with the server on ports, checks and times."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from aios.cli import main
from aios.cli.serve import GRACEFUL_S
from aios.settings import Settings

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
READY = "/health/ready"
FLY = ("fly.toml", "fly.staging.toml", "fly.postgresql.toml")
SECRETS = {"JWT_SECRET", "DATABASE_URL", "PGSSLMODE", "SENTRY_DSN", "POSTGRES_PASSWORD"}


def text(name: str) -> str:
    return (TOP / name).read_text("utf-8")


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads(text(name))


def compose() -> dict[str, Any]:
    return yaml.safe_load(text("deploy/compose.yaml"))


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **variables},
    )


def image_environment() -> dict[str, str]:
    stage = text("Dockerfile").rpartition("FROM ")[2]
    block = re.search(r"^ENV (.*?)(?<!\\)\n", stage, re.MULTILINE | re.DOTALL)
    assert block is not None
    return dict(part.split("=", 1) for part in shlex.split(block.group(1).replace("\\\n", " ")))


def documented() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", text(".env.example"), re.MULTILINE))


def test_the_dockerfile_is_linted() -> None:
    done = run(BIN / "hadolint", "--failure-threshold", "info", TOP / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody_with_wheels_by_hash_and_without_node() -> None:
    lines = text("Dockerfile").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    installs = [line for line in lines if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert not [line for line in lines if re.search(r"\bno[d]e\b|npm|curl|apt-get", line) and not line.startswith("#")]
    for name in ("requirements-image.txt", "requirements-build.txt"):
        pinned = re.findall(r"^\S+==\S+", text(name), re.MULTILINE)
        assert pinned
        assert text(name).count("--hash=sha256:") >= len(pinned)


def test_the_image_holds_what_the_server_needs_with_its_extras() -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text("requirements.txt"), re.MULTILINE))
    image = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text("requirements-image.txt"), re.MULTILINE))
    assert locked.items() <= image.items()
    assert {"redis", "pyrage", "sentry-sdk"} <= image.keys()


def test_everything_that_the_dockerfile_copies_reaches_the_builder() -> None:
    let_in = {line.removeprefix("!") for line in text(".dockerignore").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert names == let_in
    assert all((TOP / name).exists() for name in names)


def test_the_server_takes_the_environment_of_the_image() -> None:
    environment = image_environment() | {"JWT_SECRET": "x" * 40}
    settings = Settings.from_environment(environment)
    assert (settings.production, settings.port, settings.data_dir) == (True, 8080, Path("/data"))
    assert f"EXPOSE {settings.port}" in text("Dockerfile")
    assert READY in text("Dockerfile")


@pytest.mark.parametrize("name", FLY)
def test_fly_asks_the_port_and_the_path_that_the_server_has(name: str) -> None:
    config = toml(name)
    settings = Settings.from_environment(config["env"] | {"JWT_SECRET": "x" * 40})
    service = config["http_service"]
    assert service["internal_port"] == settings.port
    assert service["checks"][0]["path"] == READY
    assert service["min_machines_running"] == 1
    assert service["auto_stop_machines"] == "off"
    assert service["force_https"] is True
    assert int(config["kill_timeout"].removesuffix("s")) > GRACEFUL_S + settings.drain_s
    if "mounts" in config:
        assert config["mounts"]["destination"] == str(settings.data_dir)
        assert "--migrate" in text("Dockerfile").rpartition("CMD ")[2]  # on start, before it serves
    else:
        assert config["deploy"]["release_command"] == "aios migrate"


def test_staging_shares_nothing_with_production() -> None:
    production, staging = toml("fly.toml"), toml("fly.staging.toml")
    assert production["app"] != staging["app"]
    assert production["mounts"]["source"] != staging["mounts"]["source"]
    assert production["env"] == staging["env"]


def commands() -> list[str]:
    """Every `aios …` that a file starts."""
    heroku, railway = yaml.safe_load(text("heroku.yml")), json.loads(text("railway.json"))["deploy"]
    found = [line.partition(": ")[2] for line in text("Procfile").splitlines()]
    found += [
        heroku["run"]["web"],
        *heroku["release"]["command"],
        railway["startCommand"],
        *railway["preDeployCommand"],
    ]
    found += [
        toml("fly.postgresql.toml")["deploy"]["release_command"],
        *toml("fly.postgresql.toml")["processes"].values(),
    ]
    found += [" ".join(each["command"]) for each in compose()["services"].values() if "command" in each]
    found.append(" ".join(json.loads(text("Dockerfile").rpartition("\nCMD ")[2])))
    for unit in (TOP / "deploy/systemd").iterdir():
        found += re.findall(r"^ExecStart=/opt/aios/bin/(.*)$", unit.read_text(), re.MULTILINE)
    return sorted(set(found))


@pytest.mark.parametrize("command", commands())
def test_every_command_is_one_of_ours(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)
    assert words[0] == "aios"
    with pytest.raises(SystemExit) as ended:
        main([*words[1:], "--help"])
    assert ended.value.code == 0
    assert words[1] in capsys.readouterr().out


def settings_of_all() -> list[tuple[str, dict[str, str]]]:
    app = {
        name: value if isinstance(value, str) else value.get("value", "x" * 40)
        for name, value in json.loads(text("app.json"))["env"].items()
    }
    return [
        *((name, toml(name)["env"]) for name in FLY),
        ("heroku.yml", yaml.safe_load(text("heroku.yml"))["setup"]["config"]),
        ("app.json", app),
        ("deploy/compose.yaml", compose()["services"]["backup"]["environment"]),
    ]


@pytest.mark.parametrize(("name", "environment"), settings_of_all())
def test_every_variable_is_one_of_ours(name: str, environment: dict[str, str]) -> None:
    assert environment["AIOS_ENV"] == "production"
    assert environment["AIOS_REGISTRATION"].endswith(("invitation", "invitation}"))
    assert set(environment) <= documented() | SECRETS, name


def test_every_setting_is_in_the_example_and_the_readme() -> None:
    read = set(re.findall(r"""values(?:\.get\(|, )"([A-Z_]+)\"""", text("aios/settings.py")))
    assert len(read) > len(msgspec.structs.fields(Settings)) / 2
    assert read <= documented() | {"HOST", "PORT"}
    assert not [name for name in read if f"`{name}`" not in text("README.md")]


def test_compose_has_the_shape_that_its_schema_wants() -> None:
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", TOP / "deploy/compose.yaml")
    assert done.returncode == 0, done.stdout


def test_compose_waits_for_health_keeps_data_and_holds_no_secret() -> None:
    config = compose()
    services = config["services"]
    assert services["database"]["image"].startswith("postgres:16")
    assert services["app"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert READY in services["app"]["healthcheck"]["test"][-1]
    assert int(services["app"]["stop_grace_period"].removesuffix("s")) > GRACEFUL_S
    assert services["app"]["ports"] == ["127.0.0.1:${AIOS_PORT:-8080}:8080"]
    for name in ("app", "migrate", "backup"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    named = {volume.partition(":")[0] for each in services.values() for volume in each.get("volumes", ())}
    assert named == set(config["volumes"])
    environment = services["app"]["environment"] | services["database"]["environment"]
    for name in ("JWT_SECRET", "POSTGRES_PASSWORD"):
        assert environment[name].startswith("${" + name + ":?")


def test_systemd_units_are_verified(tmp_path: Path) -> None:
    for unit in sorted((TOP / "deploy/systemd").iterdir()):
        config = configparser.ConfigParser(strict=False)
        config.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's keys have capitals
        config.read_string(unit.read_text())
        assert config["Service"]["User"] == "aios"
        assert config["Service"]["NoNewPrivileges"] == "yes"
        if unit.name == "aios.service":
            assert int(config["Service"]["TimeoutStopSec"]) > GRACEFUL_S
        # The program is where the unit says on a server; here it is this one.
        there = tmp_path / unit.name
        there.write_text(unit.read_text().replace("/opt/aios/bin/aios", sys.executable))
        done = run("systemd-analyze", "verify", there)
        assert (done.returncode, done.stderr) == (0, "")


def test_heroku_and_railway_check_and_migrate_as_the_server_wants() -> None:
    railway = json.loads(text("railway.json"))["deploy"]
    assert railway["healthcheckPath"] == READY
    assert railway["drainingSeconds"] > GRACEFUL_S
    heroku = yaml.safe_load(text("heroku.yml"))
    assert heroku["build"]["docker"]["web"] == "Dockerfile"
    assert json.loads(text("app.json"))["stack"] == "container"
    assert text("Procfile").splitlines()[0] == "release: aios migrate"


def test_litestream_copies_the_file_and_brings_it_back(tmp_path: Path) -> None:
    """The real program, with our configuration: what it replicated is restored and is the same."""
    import sqlite3  # noqa: PLC0415  here only

    from aios.database.sqlite import connect  # noqa: PLC0415  as above

    data = tmp_path / "data"
    data.mkdir()
    database = connect(str(data / "aios.sqlite3"))
    database.execute("CREATE TABLE note (text TEXT)")
    database.execute("INSERT INTO note VALUES ('north beam')")
    variables = {"AIOS_DATA_DIR": str(data), "LITESTREAM_REPLICA": f"file://{tmp_path}/replica"}
    config = TOP / "deploy/litestream.yml"
    done = run(BIN / "litestream", "replicate", "-config", config, "-once", **variables)
    assert done.returncode == 0, done.stderr + done.stdout
    database.close()
    back = tmp_path / "back.sqlite3"
    restored = run(BIN / "litestream", "restore", "-config", config, "-o", back, data / "aios.sqlite3", **variables)
    assert restored.returncode == 0, restored.stderr + restored.stdout
    connection = sqlite3.connect(back)
    assert connection.execute("SELECT text FROM note").fetchall() == [("north beam",)]
    connection.close()
