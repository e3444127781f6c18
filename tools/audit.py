"""The dependency audit of `make check`: the lock fits pyproject.toml, licences fit ours, no known vulnerability.

The first two need no network. The third asks the vulnerability service that pip-audit uses; where that cannot be
reached the audit says so and passes, since a machine without a way there could otherwise check nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")
DENIED = re.compile(r"\b(A?GPL|SSPL|BUSL)\b|GNU (Affero )?General Public", re.IGNORECASE)
"""Licences that would bind whoever passes AIOS on. LGPL and MPL are fine for a library that is not changed."""
UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|Connection refused|Max retries|NameResolution|HTTPError|ProxyError"
)
AUDIT_TIMEOUT_S = 120


def main() -> int:
    """Run all three. Gives 1 when something must be mended."""
    problems = [*lock_problems(), *licence_problems(), *vulnerabilities()]
    for problem in problems:
        print(f"audit: {problem}", file=sys.stderr)
    return 1 if problems else 0


def lock_problems() -> list[str]:
    """What pyproject.toml asks for and the lock files do not give, and addresses in them."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    runtime: list[str] = project["project"]["dependencies"]
    wanted = {"requirements.txt": runtime, "requirements-dev.txt": runtime + project["dependency-groups"]["dev"]}
    problems: list[str] = []
    for name, requirements in wanted.items():
        text = (TOP / name).read_text()
        locked = {canonicalize_name(package): version for package, version in LOCKED.findall(text)}
        if ADDRESS.search(text):
            problems.append(f"{name} holds an address. Run: make lock")
        for requirement in map(Requirement, requirements):
            version = locked.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                problems.append(
                    f"{name} has {requirement.name} {version}, pyproject.toml wants {requirement}. Run: make lock"
                )
    if '"resolved"' in (TOP / "package-lock.json").read_text():
        problems.append("package-lock.json holds addresses. Run: make lock")
    print(f"audit: lock files checked ({len(problems)} problems)")
    return problems


def licence_problems() -> list[str]:
    """Runtime packages whose licence is unknown or does not go with MIT."""
    problems: list[str] = []
    names = sorted({canonicalize_name(name) for name, _ in LOCKED.findall((TOP / "requirements.txt").read_text())})
    for name in names:
        try:
            licence = _licence(distribution(name))
        except PackageNotFoundError:
            continue  # for another platform
        if not licence:
            problems.append(f"{name} does not say its licence; read it, then add it here")
        elif DENIED.search(licence) and "LGPL" not in licence and "Lesser" not in licence:
            problems.append(f"{name} is under {licence}, which does not go with MIT")
    print(f"audit: licences of {len(names)} runtime packages checked ({len(problems)} problems)")
    return problems


def _licence(package: Distribution) -> str:
    """The SPDX expression, else the classifiers, else the first line of the old field."""
    metadata: Any = package.metadata  # an email.message.Message, whatever its protocol says
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    if classifiers:
        return "; ".join(each.rpartition(" :: ")[2] for each in classifiers)
    return str(metadata.get("License") or "").partition("\n")[0]


def vulnerabilities() -> list[str]:
    """What pip-audit knows about the locked runtime packages."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(TOP / "requirements.txt"),
        "--disable-pip",
        "--no-deps",
    ]
    command += ["--progress-spinner", "off", "--timeout", "10", "--format", "json"]
    try:
        done = subprocess.run(  # noqa: S603  fixed arguments
            command, capture_output=True, text=True, timeout=AUDIT_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return _skipped()
    try:
        answer: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return _skipped() if UNREACHABLE.search(done.stderr) else [done.stderr.strip()]
    # A registry that knows no advisories answers like one that knows no such package.
    audited = [each for each in answer if "skip_reason" not in each]
    if not audited:
        return _skipped()
    found = [
        f"{each['name']} {each['version']} has {known['id']}, mended in: {', '.join(known['fix_versions']) or 'none'}"
        for each in audited
        for known in each["vulns"]
    ]
    print(f"audit: {len(audited)} of {len(answer)} runtime packages looked up for vulnerabilities ({len(found)} found)")
    return found


def _skipped() -> list[str]:
    print("audit: SKIPPED the search for known vulnerabilities: its service cannot be reached from here")
    return []


if __name__ == "__main__":
    sys.exit(main())
