"""Fix a build to a server, then let Briefcase do the rest: `python shell_build.py create android`, from mobile_shell/.

AIOS_SHELL_SERVER is the address that the app opens; without it a development build asks the person.
AIOS_SHELL_BUDGET_MB is what a device may keep, 6 to 10 (6). Everything after `shell_build.py` is Briefcase's.
"""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "src"))

from aios_shell.core.address import LOOPBACK  # noqa: E402  after its path is known
from aios_shell.core.build import Build  # noqa: E402  as above
from aios_shell.core.links import SCHEME  # noqa: E402  as above

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIVACY = {
    "NSPrivacyTracking": False,
    "NSPrivacyTrackingDomains": [],
    "NSPrivacyCollectedDataTypes": [],
    # Python's own library asks for times of files and for the time since the device started.
    "NSPrivacyAccessedAPITypes": [
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategoryFileTimestamp",
            "NSPrivacyAccessedAPITypeReasons": ["C617.1"],
        },
        {
            "NSPrivacyAccessedAPIType": "NSPrivacyAccessedAPICategorySystemBootTime",
            "NSPrivacyAccessedAPITypeReasons": ["35F9.1"],
        },
    ],
}
"""Nothing is collected by whoever makes the app: what a person writes goes to that person's server."""
NO_BACKUP = """<?xml version="1.0" encoding="utf-8"?>
<data-extraction-rules>
    <cloud-backup><exclude domain="root" path="." /></cloud-backup>
    <device-transfer><exclude domain="root" path="." /></device-transfer>
</data-extraction-rules>
"""


def main(arguments: Sequence[str]) -> int:
    """Write what is fixed, call Briefcase, then finish what it made. Gives Briefcase's exit status."""
    if not arguments:
        print(__doc__)
        return 2
    build = Build.from_environment(os.environ)
    build.write()
    platform = next((each for each in arguments if each in {"iOS", "android"}), "")
    command = [sys.executable, "-m", "briefcase", *arguments, *overrides(build, platform)]
    status = subprocess.run(command, cwd=HERE, check=False).returncode  # noqa: S603  Briefcase itself
    if status == 0 and arguments[0] == "create":
        finish(HERE / "build/aios_shell", platform, build)
    return status


def overrides(build: Build, platform: str) -> list[str]:
    """What Briefcase's configuration must have for this server."""
    host = urlsplit(build.server).hostname or ""
    given: list[str] = []
    if platform == "iOS":
        # Without a server any address may be typed, so none can be bound, and nothing works offline.
        if host:
            configured = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["tool"]["briefcase"]
            info = configured["app"]["aios_shell"]["iOS"]["info"]
            given.append(f"info={inline({**info, 'WKAppBoundDomains': [host]})}")  # a table can only be given whole
    elif platform == "android":
        given.append("android_manifest_activity_extra_content=" + json.dumps(intent_filters(host)))
    return [part for each in given for part in ("-C", each)]


def inline(value: object) -> str:
    """A value as TOML writes it on one line: tables, lists, strings."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {inline(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return json.dumps(value)


def intent_filters(host: str) -> str:
    """What the activity answers to: links of the server, `aios://`, and texts that other apps share."""
    view = (
        '<action android:name="android.intent.action.VIEW" />'
        '<category android:name="android.intent.category.DEFAULT" />'
        '<category android:name="android.intent.category.BROWSABLE" />'
    )
    server = (
        f'<intent-filter android:autoVerify="true">{view}'
        f'<data android:scheme="https" android:host="{host}" /></intent-filter>'
        if host and host not in LOOPBACK
        else ""
    )
    return (
        f'{server}<intent-filter>{view}<data android:scheme="{SCHEME}" /></intent-filter>'
        '<intent-filter><action android:name="android.intent.action.SEND" />'
        '<category android:name="android.intent.category.DEFAULT" />'
        '<data android:mimeType="text/plain" /></intent-filter>'
    )


def finish(made: Path, platform: str, build: Build) -> None:
    """Add what Briefcase's templates have no place for."""
    if platform == "iOS":
        for project in made.glob("ios/xcode/*.xcodeproj/project.pbxproj"):
            add_privacy_manifest(project)
            add_entitlements(project, urlsplit(build.server).hostname or "")
    elif platform == "android":
        for manifest in made.glob("android/gradle/app/src/main/AndroidManifest.xml"):
            folder = manifest.parent / "res/xml"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "no_backup.xml").write_text(NO_BACKUP, "utf-8")


def add_privacy_manifest(project: Path) -> None:
    """Put PrivacyInfo.xcprivacy into the resources of the app. Twice is as good as once."""
    from pbxproj import XcodeProject  # noqa: PLC0415  for iOS only

    file = project.parents[1] / "PrivacyInfo.xcprivacy"
    file.write_bytes(plistlib.dumps(PRIVACY))
    loaded = XcodeProject.load(str(project))
    if not loaded.get_files_by_name(file.name):
        loaded.add_file(file.name, force=False)
        loaded.save()


def add_entitlements(project: Path, host: str) -> None:
    """Say that links of the server belong to the app, where a build has one (universal links)."""
    if not host or host in LOOPBACK:
        return
    from pbxproj import XcodeProject  # noqa: PLC0415  for iOS only

    file = project.parents[1] / "AIOS.entitlements"
    file.write_bytes(plistlib.dumps({"com.apple.developer.associated-domains": [f"applinks:{host}"]}))
    loaded = XcodeProject.load(str(project))
    loaded.set_flags("CODE_SIGN_ENTITLEMENTS", file.name)
    loaded.save()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
