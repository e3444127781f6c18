"""Run the steps of the Dockerfile without a container engine: in an empty folder, with an empty environment.

`python tools/image_steps.py FOLDER` does there what `docker build` does: COPY copies, RUN runs with the image's paths
moved into the folder, and the command of the image serves until it is ready. It shows that the steps work and need
nothing else of this machine than Python; not that the base image holds what they need.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

TOP = Path(__file__).parent.parent
MOVED = re.compile(r"(?<![\w./])/(build|opt|data|backups)\b")
OURS = ("WORKDIR", "COPY", "RUN")
READY_WITHIN_S = 60


def main(folder: Path) -> int:
    """Build and start in `folder`, which must not be there yet. Gives the exit status of the server, told to stop."""
    folder.mkdir(parents=True)
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", (TOP / "Dockerfile").read_text(), flags=re.MULTILINE))
    here, environment = folder, {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    command: list[str] = []
    for line in lines.splitlines():
        word, _, rest = line.partition(" ")
        moved = MOVED.sub(lambda match: f"{folder}{match.group(0)}", rest)
        if word == "FROM":
            here = folder
        elif word == "WORKDIR":
            here = Path(moved)
            here.mkdir(parents=True, exist_ok=True)
        elif word == "ENV":
            pairs = (pair.partition("=") for pair in shlex.split(moved))
            environment |= {name: value.replace("$PATH", environment["PATH"]) for name, _, value in pairs}
        elif word == "COPY" and "--from" not in rest:
            *names, to = rest.split()
            for name in names:
                copy(TOP / name, here / to)
        elif word == "RUN" and "useradd" not in rest:  # users are the engine's business
            print(f"RUN {rest}", flush=True)
            command_line = moved.replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(["sh", "-c", command_line], check=True, cwd=here, env=environment)  # noqa: S603, S607  our own file
        elif word == "CMD":
            command = json.loads(rest)
    return serve(command, folder, environment)


def copy(source: Path, to: Path) -> None:
    """Copy a file into a folder, or a folder as `to`, without what .dockerignore leaves out."""
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copy(source, to)


def serve(command: list[str], folder: Path, environment: dict[str, str]) -> int:
    """Start the command of the image, ask whether it is ready, and tell it to stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    environment |= {"PORT": str(port), "JWT_SECRET": "only-for-this-check-" * 2, "PYTHONDONTWRITEBYTECODE": "1"}
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    process = subprocess.Popen([program, *command[1:]], cwd=elsewhere, env=environment)  # noqa: S603  as above
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=4) as answer:
                print(answer.read().decode(), flush=True)
                break
        except OSError:
            time.sleep(0.2)
    process.terminate()
    return process.wait(30)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
