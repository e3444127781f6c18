"""Both projects as Briefcase renders them: its own configuration code, a minimal template of ours."""

from __future__ import annotations

import plistlib
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shell_build as build
from aios_shell.core.build import Build
from briefcase.commands.base import parse_config_overrides
from briefcase.console import Console
from briefcase.platforms.android.gradle import GradleCreateCommand
from briefcase.platforms.iOS.xcode import iOSXcodeCreateCommand
from pbxproj import XcodeProject

HERE = Path(__file__).parents[2]
TEMPLATES = HERE / "tests/templates"
BUILD = Build.from_environment({"AIOS_SHELL_SERVER": "https://notes.example", "AIOS_SHELL_BUDGET_MB": "8"})
ANDROID = "{http://schemas.android.com/apk/res/android}"


def render(command_class, platform: str, folder: Path) -> Path:
    """Render a project as `shell_build.py create` does, up to where a Mac or an Android SDK is asked for."""

    class Create(command_class):
        def verify_host(self):
            """This is no Mac."""

        def verify_tools(self):
            """There is no SDK."""

    project = folder / "project"
    shutil.copytree(HERE, project, ignore=shutil.ignore_patterns("build", "icons", "tests"))
    shutil.copy(HERE.parent / "LICENSE", folder)
    command = Create(console=Console(), base_path=project)
    given = build.overrides(BUILD, platform)[1::2]
    template = f'template="{TEMPLATES / platform.lower()}"'
    command.parse_config(project / "pyproject.toml", parse_config_overrides([*given, template]))
    app = command.finalize(command.apps.values())["aios_shell"]
    command.generate_app_template(app)
    made = project / "build/aios_shell"
    build.finish(made, platform, BUILD)
    return made


@pytest.fixture(scope="module")
def ios(tmp_path_factory):
    return render(iOSXcodeCreateCommand, "iOS", tmp_path_factory.mktemp("ios")) / "ios/xcode"


@pytest.fixture(scope="module")
def android(tmp_path_factory):
    return render(GradleCreateCommand, "android", tmp_path_factory.mktemp("android")) / "android/gradle"


@pytest.fixture(scope="module")
def info(ios):
    return plistlib.loads(next(ios.glob("*/Info.plist")).read_bytes())


@pytest.fixture(scope="module")
def manifest(android):
    return ET.parse(android / "app/src/main/AndroidManifest.xml").getroot()  # noqa: S314  we made it


@pytest.fixture(scope="module")
def gradle(android):
    return (android / "app/build.gradle").read_text()


def test_ios_is_bound_to_the_server_so_that_its_worker_runs(info):
    assert info["WKAppBoundDomains"] == ["notes.example"]


def test_ios_says_what_the_camera_is_for_and_hears_our_links(info):
    assert info["NSCameraUsageDescription"].endswith(".")
    assert info["NSMicrophoneUsageDescription"].endswith(".")
    assert info["CFBundleURLTypes"] == [{"CFBundleURLName": "org.aios", "CFBundleURLSchemes": ["aios"]}]
    assert info["CFBundleIdentifier"] == "org.aios.aios-shell"
    assert info["ITSAppUsesNonExemptEncryption"] is False
    assert not [name for name in info if "Transport" in name], "https only: no exception from it"


def test_ios_is_built_for_15(ios):
    project = next(ios.glob("*.xcodeproj/project.pbxproj")).read_text()
    assert re.search(r"IPHONEOS_DEPLOYMENT_TARGET = 15\.0", project)


def test_the_privacy_manifest_is_in_the_apps_resources_once(ios):
    file = next(ios.glob("*.xcodeproj/project.pbxproj"))
    build.add_privacy_manifest(file)
    project = XcodeProject.load(str(file))
    [reference] = project.get_files_by_name("PrivacyInfo.xcprivacy")
    [phase] = project.objects.get_objects_in_section("PBXResourcesBuildPhase")
    [held] = [project.objects[each] for each in phase.files]
    assert held.fileRef == reference.get_id()
    privacy = plistlib.loads((ios / "PrivacyInfo.xcprivacy").read_bytes())
    assert privacy["NSPrivacyTracking"] is False
    assert privacy["NSPrivacyCollectedDataTypes"] == []


def test_links_of_the_server_belong_to_the_ios_app(ios):
    entitled = plistlib.loads((ios / "AIOS.entitlements").read_bytes())
    assert entitled == {"com.apple.developer.associated-domains": ["applinks:notes.example"]}
    project = next(ios.glob("*.xcodeproj/project.pbxproj")).read_text()
    assert re.search(r'CODE_SIGN_ENTITLEMENTS = "?AIOS\.entitlements', project)


def test_android_has_its_sdks_and_its_name(gradle):
    assert "minSdkVersion 29" in gradle
    assert "targetSdkVersion 36" in gradle
    assert 'applicationId "org.aios.aios_shell"' in gradle
    assert 'chaquopy.defaultConfig.staticProxy("aios_shell.native.android_clients")' in gradle


def test_android_signs_by_the_environment_or_not_at_all(gradle):
    signing = gradle[gradle.index('if (System.getenv("AIOS_KEYSTORE") != null)') :]
    assert "signingConfigs" in signing
    assert "signingConfig" not in gradle[: gradle.index("if (System.getenv")]
    assert not re.search(r'[pP]assword = "', gradle)


def test_android_wants_no_more_than_a_network(manifest):
    wanted = {each.get(f"{ANDROID}name") for each in manifest.iter("uses-permission")}
    assert wanted == {"android.permission.INTERNET", "android.permission.ACCESS_NETWORK_STATE"}


def test_android_hears_links_and_shared_texts(manifest):
    activity = manifest.find("application/activity")
    assert activity.get(f"{ANDROID}launchMode") == "singleTask"
    filters = [
        (
            each.get(f"{ANDROID}autoVerify"),
            each.find("action").get(f"{ANDROID}name").rpartition(".")[2],
            {name.removeprefix(ANDROID): value for name, value in each.find("data").attrib.items()},
        )
        for each in activity.iter("intent-filter")
    ]
    assert filters == [
        ("true", "VIEW", {"scheme": "https", "host": "notes.example"}),
        (None, "VIEW", {"scheme": "aios"}),
        (None, "SEND", {"mimeType": "text/plain"}),
    ]


def test_androids_copy_of_records_stays_on_the_device(manifest, android):
    assert manifest.find("application").get(f"{ANDROID}dataExtractionRules") == "@xml/no_backup"
    rules = ET.parse(android / "app/src/main/res/xml/no_backup.xml").getroot()  # noqa: S314  we made it
    assert [each.tag for each in rules] == ["cloud-backup", "device-transfer"]


def test_a_development_build_binds_nothing():
    assert build.overrides(Build(), "iOS") == []
    assert "autoVerify" not in build.overrides(Build(), "android")[1]
