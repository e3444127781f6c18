"""Running the server: plain http, with `tls` a second listener for https, with `reload` again on each change."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from aios.cli.schema import require_head
from aios.errors import AiosError
from aios.tls import PORT_OFFSET, ensure_certificate, lan_addresses, qr_code

if TYPE_CHECKING:
    from collections.abc import Generator

    from aios.settings import Settings
    from aios.web.front import Front

GRACEFUL_S = 10
"""Below the 30 seconds after which platforms kill. Event streams end at once, other requests may finish."""
BACKLOG = 2048
M_MMAP_THRESHOLD = -3
SWITCH_S = 0.0005
"""The writer thread wants the interpreter after each statement; with Python's 5 ms it would wait that long."""
_WATCHED = (".py", ".html", ".css", ".js", ".svg")


def serve(settings: Settings, *, tls: bool, reload: bool) -> int:
    """Serve until interrupted. Gives the exit status. Raises AiosError when the port or the schema does not fit."""
    if tls:
        _say_how_to_connect(settings)
    if not reload:
        return run(settings, tls=tls)
    from watchfiles import run_process  # noqa: PLC0415  development only

    package = Path(__file__).parent.parent
    run_process(
        package,
        target=_run_child,
        args=(settings, tls),
        watch_filter=lambda _, path: path.endswith(_WATCHED),
        callback=lambda changes: print(f"Changed: {', '.join(sorted(Path(path).name for _, path in changes))}."),
    )
    return 0


def _give_large_buffers_back() -> None:
    """Let glibc map buffers over 1 MiB by themselves, so that they return to the system when freed.

    A password hash works in 19 MiB. By default malloc raises its threshold when such a buffer is freed, and from then
    on keeps them: 40 MB for ever after the first two sign-ins (mallopt(3), M_MMAP_THRESHOLD).
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, 1 << 20)


def run(settings: Settings, *, tls: bool) -> int:
    """Serve in this process."""
    require_head(settings)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(_listen(settings.host, settings.port))]
        port = sockets[0].getsockname()[1]
        if tls:
            sockets.append(stack.enter_context(_listen(settings.host, port + PORT_OFFSET)))
        from aios.app import create_app  # noqa: PLC0415  heavy: only once a port is ours
        from aios.web.log import Bridge  # noqa: PLC0415  as above

        _give_large_buffers_back()
        sys.setswitchinterval(SWITCH_S)
        app = create_app(settings)
        logging.basicConfig(handlers=[Bridge(app.log)], level=logging.WARNING, force=True)
        servers = _servers(app, settings, f"http://{_shown(settings.host)}:{port}", tls=tls)
        factory = servers[0].config.get_loop_factory()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(_serve_all(servers, sockets, app, settings.drain_s))
        app.log.flush()
    return 0 if servers[0].started else 1


def _run_child(settings: Settings, tls: bool) -> None:  # noqa: FBT001  called by watchfiles, with positions only
    try:
        sys.exit(run(settings, tls=tls))
    except AiosError as error:
        print(f"aios: {error.detail}", file=sys.stderr)
        sys.exit(1)


class _Server(uvicorn.Server):
    """Leaves signals to `_serve_all`, since there may be two, and says once when it listens."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Install nothing."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then print the address."""
        await super().startup(sockets)
        if self._ready:
            print(self._ready, flush=True)
        self.listening.set()


def _servers(app: Front, settings: Settings, url: str, *, tls: bool) -> list[_Server]:
    def config(**more: object) -> uvicorn.Config:
        options: dict[str, object] = {
            "http": "httptools",
            "ws": "none",
            "log_level": "warning",
            "log_config": None,  # to our log, as any library's
            "access_log": False,
            "server_header": False,
            "proxy_headers": False,  # AIOS_TRUSTED_PROXIES is read by the app
            "timeout_graceful_shutdown": GRACEFUL_S,
            "backlog": BACKLOG,
        }
        return uvicorn.Config(app, **{**options, **more})  # type: ignore[arg-type]  # the option names are uvicorn's

    servers = [_Server(config(), f"AIOS is ready at {url}")]
    if tls:
        certificate = ensure_certificate(settings.data_dir / "tls")
        # The app's lifespan belongs to the first listener; two would open the database twice.
        secure = config(lifespan="off", ssl_certfile=certificate.chain, ssl_keyfile=certificate.key)
        servers.append(_Server(secure, ""))
    return servers


async def _serve_all(servers: list[_Server], sockets: list[socket.socket], app: Front, drain_s: int) -> None:
    """Run all listeners: the first starts before the others and stops after them.

    Told to stop, the server first says that it is not ready, and takes requests for `drain_s` more seconds: by then
    whoever stands before it has noticed.
    """
    first, others = servers[0], servers[1:]
    loop = asyncio.get_running_loop()

    told = 0

    def stop() -> None:
        nonlocal told
        told += 1
        app.leave()
        if told == 1 and drain_s:
            loop.call_later(drain_s, end)
        else:
            end()

    def end() -> None:
        for server in servers:
            server.force_exit = server.should_exit  # another interrupt does not wait
            server.should_exit = True
        app.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    main = asyncio.create_task(first.serve([sockets[0]]))
    ready = asyncio.create_task(first.listening.wait())
    await asyncio.wait({main, ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done():
        await asyncio.gather(main, *(each.serve([taken]) for each, taken in zip(others, sockets[1:], strict=True)))
    else:
        ready.cancel()
        await main


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = (
            f"Port {port} of {host} cannot be used: {error.strerror}. "
            f"Stop the program that uses it, or choose another: PORT={port + 1} aios serve"
        )
        raise AiosError(message) from error
    listener.set_inheritable(False)
    return listener


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  compared, not listened on
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _say_how_to_connect(settings: Settings) -> None:
    ensure_certificate(settings.data_dir / "tls")
    host = next(iter(lan_addresses()), "localhost")
    url = f"http://{host}:{settings.port}/dev/install"
    print(qr_code(url))
    print(f"On your phone: {url}")
    print(f"Private, once the certificate is installed: https://{host}:{settings.port + PORT_OFFSET}/", flush=True)
