"""Fix a build to a server, then let Briefcase do the rest: `python build.py create android`, from mobile_shell/.

AIOS_SHELL_SERVER is the address that the app opens; without it a development build asks the person.
AIOS_SHELL_BUDGET_MB is what a device may keep, 6 to 10 (6). Everything after `build.py` is Briefcase's.
"""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

HERE = Path(__file__).parent
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
        finish(HERE / "build/aios_shell", platform)
    return status


def overrides(build: Build, platform: str) -> list[str]:
    """What Briefcase's configuration must have for this server."""
    host = urlsplit(build.server).hostname or ""
    given: list[str] = []
    if platform == "iOS":
        # Without a server any address may be typed, so none can be bound, and nothing works offline.
        domains = [host] if host else []
        given += [f"info.WKAppBoundDomains={json.dumps(domains)}"] if domains else []
        given += ["entitlement.'com.apple.developer.associated-domains'=" + json.dumps([f"applinks:{host}"])] if host else []
    elif platform == "android":
        given.append("android_manifest_activity_extra_content=" + json.dumps(intent_filters(host)))
    return [part for each in given for part in ("-C", each)]


def intent_filters(host: str) -> str:
    """What the activity answers to: links of the server, `aios://`, and texts that other apps share."""
    view = (
        '<action android:name="android.intent.action.VIEW" />'
        '<category android:name="android.intent.category.DEFAULT" />'
        '<category android:name="android.intent.category.BROWSABLE" />'
    )
    server = (
        f'<intent-filter android:autoVerify="true">{view}<data android:scheme="https" android:host="{host}" /></intent-filter>'
        if host and host not in LOOPBACK
        else ""
    )
    return (
        f'{server}<intent-filter>{view}<data android:scheme="{SCHEME}" /></intent-filter>'
        '<intent-filter><action android:name="android.intent.action.SEND" />'
        '<category android:name="android.intent.category.DEFAULT" /><data android:mimeType="text/plain" /></intent-filter>'
    )


def finish(made: Path, platform: str) -> None:
    """Add what Briefcase's templates have no place for."""
    if platform == "iOS":
        for project in made.glob("ios/xcode/*.xcodeproj/project.pbxproj"):
            add_privacy_manifest(project)
    elif platform == "android":
        for manifest in made.glob("android/gradle/app/src/main/AndroidManifest.xml"):
            folder = manifest.parent / "res/xml"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "no_backup.xml").write_text(NO_BACKUP, "utf-8")


def add_privacy_manifest(project: Path) -> None:
    """Put PrivacyInfo.xcprivacy beside the app's sources and into the resources of its target. Twice is as good as once."""
    from pbxproj import XcodeProject  # noqa: PLC0415  for iOS only

    file = project.parents[1] / "PrivacyInfo.xcprivacy"
    file.write_bytes(plistlib.dumps(PRIVACY))
    loaded = XcodeProject.load(str(project))
    if not loaded.get_files_by_name(file.name):
        loaded.add_file(file.name, force=False)
        loaded.save()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
