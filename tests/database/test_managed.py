"""PostgreSQL as others run it: certificates checked by default, and transaction poolers in between."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from aios.database import Address
from aios.settings import SettingsError
from aios.tls import ensure_certificate
from tests.cli.commands import Command
from tests.cli.test_serve import free_port, serving

PASSWORD = "a long quiet sentence"


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgres://u:p@ep-cool-1.eu-central-1.aws.neon.tech/aios", "verify-full"),
        ("postgres://u:p@db.abcdef.supabase.co:5432/postgres", "verify-full"),
        ("postgres://u:p@aios.abc.eu-west-1.rds.amazonaws.com/aios?sslmode=require", "require"),
        ("postgres://u:p@34.89.1.2:5432/aios", "verify-full"),
        ("postgres://u:p@10.1.2.3/aios", ""),
        ("postgres://u:p@database:5432/aios", ""),
        ("postgres://u:p@localhost/aios", ""),
        ("postgres://u:p@aios.internal/aios", ""),
        ("postgres://u:p@/aios?host=/cloudsql/project:region:aios", ""),
    ],
)
def test_a_server_elsewhere_must_show_its_certificate(url: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    address = Address.parse(url)
    assert parse_qs(urlsplit(address.target).query).get("sslmode", [""]) == [mode]
    context = address.connecting.get("ssl")
    assert (context is not None) == (mode == "verify-full")
    if context is not None:
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
    monkeypatch.setenv("PGSSLMODE", "require")
    assert "verify-full" not in Address.parse(url).target


def test_a_root_certificate_is_read_from_its_file(tmp_path: Path) -> None:
    root = ensure_certificate(tmp_path).chain
    url = f"postgres://u:p@db.example.com/aios?sslmode=verify-full&sslrootcert={root}"
    assert Address.parse(url).connecting["ssl"].get_ca_certs() != ssl.create_default_context().get_ca_certs()
    with pytest.raises(SettingsError, match="cannot be read"):
        _ = Address.parse(f"{url}.missing").connecting


@pytest.fixture
def pooled(dialect: str, environment: dict[str, str]) -> Any:
    """The address of a transaction pooler before a fresh database."""
    assert dialect == "postgresql"
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed; .ci/run installs it")
    url = environment["DATABASE_URL"]
    name, sockets = urlsplit(url).path.strip("/"), url.rpartition("host=")[2].replace("%2F", "/")
    port = free_port()
    folder = Path("/tmp") / f"aios-pooler-{port}"  # noqa: S108  its own user must reach it
    folder.mkdir()
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n{name} = host={sockets} user=postgres\n[pgbouncer]\npool_mode = transaction\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n"
        "default_pool_size = 3\nserver_reset_query_always = 0\n"
    )
    owner = Path(sockets).owner()
    shutil.chown(folder, owner)
    process = subprocess.Popen(
        ["setpriv", f"--reuid={owner}", "--clear-groups", program, folder / "ini"],  # noqa: S607  found on PATH
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(0.5)
    yield f"postgres://postgres@127.0.0.1:{port}/{name}?pgbouncer=true"
    process.kill()
    process.wait()
    shutil.rmtree(folder)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_everything_works_through_a_transaction_pooler(
    environment: dict[str, str], pooled: str, tmp_path: Path
) -> None:
    there = {**environment, "DATABASE_URL": pooled}
    aios = Command(there)
    with serving(there) as (_, url), httpx.Client(base_url=url) as client:
        token = client.post("/api/auth/register", json={"username": "mara", "password": PASSWORD}).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        made = [client.post("/api/notes", json={"title": f"Note {n}"}).status_code for n in range(30)]
        assert set(made) == {201}
        for _ in range(10):
            assert len(client.get("/api/notes", params={"limit": 50}).json()) == 30
        assert httpx.get(f"{url}/health/ready").status_code == 200
    assert aios("migrate").returncode == 0
    backed_up = aios("backup", str(tmp_path / "pooled"))
    assert backed_up.returncode == 0, backed_up.stderr
    assert "WRONG" not in aios("doctor").stdout
