"""Every native name that the phones use, looked up in the types that NativeScript makes from the SDKs."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
TYPES = HERE / "node_modules/@nativescript"
NATIVE = HERE / "src/aios_shell/native"
JAVA = {
    "WebViewClient": ("shouldOverrideUrlLoading", "onPageFinished", "onReceivedError", "onRenderProcessGone"),
    "WebChromeClient": ("onShowFileChooser",),
    "FileChooserParams": ("createIntent", "getMode", "MODE_OPEN_MULTIPLE"),
    "WebView": ("destroy", "setWebViewClient", "setWebChromeClient", "setDownloadListener"),
    "WebSettings": ("setAllowFileAccess", "setAllowContentAccess", "setBuiltInZoomControls"),
    "WebResourceRequest": ("isForMainFrame", "getUrl"),
    "DownloadListener": ("onDownloadStart",),
    "ValueCallback": ("onReceiveValue",),
    "DownloadManager": ("enqueue",),
    "Request": (
        "addRequestHeader",
        "setMimeType",
        "setNotificationVisibility",
        "setDestinationInExternalPublicDir",
        "VISIBILITY_VISIBLE_NOTIFY_COMPLETED",
    ),
    "CookieManager": ("getInstance", "getCookie"),
    "URLUtil": ("guessFileName",),
    "Intent": (
        "getAction",
        "getDataString",
        "getStringExtra",
        "getClipData",
        "getData",
        "putExtra",
        "ACTION_VIEW",
        "ACTION_SEND",
        "EXTRA_SUBJECT",
        "EXTRA_TEXT",
        "EXTRA_ALLOW_MULTIPLE",
    ),
    "ClipData": ("getItemAt", "getItemCount"),
    "Item": ("getUri",),
    "Activity": (
        "moveTaskToBack",
        "getIntent",
        "setIntent",
        "findViewById",
        "startActivity",
        "getOnBackInvokedDispatcher",
    ),
    "OnBackInvokedDispatcher": ("registerOnBackInvokedCallback",),
    "OnBackInvokedCallback": ("onBackInvoked",),
    "OnKeyListener": ("onKey",),
    "KeyEvent": ("KEYCODE_BACK", "ACTION_UP"),
    "OnApplyWindowInsetsListener": ("onApplyWindowInsets",),
    "View": ("setOnApplyWindowInsetsListener", "requestApplyInsets", "setPadding", "setOnKeyListener"),
    "WindowInsets": (
        "getInsets",
        "getSystemWindowInsetLeft",
        "getSystemWindowInsetTop",
        "getSystemWindowInsetRight",
        "getSystemWindowInsetBottom",
        "consumeSystemWindowInsets",
        "CONSUMED",
    ),
    "Type": ("systemBars", "displayCutout", "ime"),
    "Context": ("getSystemService", "DOWNLOAD_SERVICE"),
    "Environment": ("DIRECTORY_DOWNLOADS",),
    "Uri": ("parse",),
}
"""Java's classes, by their last name, and what is used of each."""
NOT_IN_TYPES = {"addOnNewIntentListener"}
"""androidx.activity's, which no SDK has; a device must show it (docs/shell.md)."""


@cache
def android_types() -> str:
    return (TYPES / "types-android/lib/android/android-platform-37.d.ts").read_text("utf-8")


@cache
def ios_types(framework: str) -> str:
    [file] = (TYPES / "types-ios/lib/ios").glob(f"objc-*64/objc!{framework}.d.ts")
    return file.read_text("utf-8")


@cache
def members(name: str) -> str:
    """The text of every class and interface of this name."""
    found = re.findall(
        rf"export (?:abstract )?(?:class|interface) {name}\b[^{{]*{{(.*?)\n\t*export (?:abstract )?(?:class|interface) ",  # noqa: E501
        android_types(),
        re.DOTALL,
    )
    assert found, f"Android has no {name}"
    return "\n".join(found)


@pytest.mark.parametrize(("name", "used"), [(name, each) for name, all_ in JAVA.items() for each in all_])
def test_android_has_it_and_it_is_used(name, used):
    assert re.search(rf"\b{used}\b", members(name)), f"{name} has no {used}"
    assert re.search(rf"\b{used}\b", (NATIVE / "android.py").read_text() + (NATIVE / "android_clients.py").read_text())


@pytest.mark.parametrize("file", ["android.py", "android_clients.py"])
def test_every_class_that_is_imported_from_android_exists(file):
    tree = ast.parse((NATIVE / file).read_text())
    modules = [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("android.")
    ]
    for module in modules:
        for name in module.names:
            assert members(name.name)


@pytest.mark.parametrize("file", ["android.py", "android_clients.py"])
def test_no_method_of_java_is_called_that_was_not_looked_up(file):
    """Names in Java's spelling; Toga's own and Python's have underscores or one word."""
    known = {each for all_ in JAVA.values() for each in all_} | NOT_IN_TYPES
    tree = ast.parse((NATIVE / file).read_text())
    called = {
        each.func.attr for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    }
    assert {each for each in called if re.search(r"[a-z][A-Z]", each)} - known - {"toString"} == set()


def selectors(file: Path) -> list[str]:
    """The Objective-C methods that a file defines, as types-ios joins them."""
    tree = ast.parse(file.read_text())
    names = [
        each.name
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "objc_method" for d in each.decorator_list)
    ]
    return [
        first + "".join(part[0].upper() + part[1:] for part in rest if part)
        for first, *rest in (name.split("_") for name in names)
    ]


def test_ios_has_every_delegate_method():
    found = selectors(NATIVE / "ios.py")
    assert len(found) == 7
    types = ios_types("WebKit") + ios_types("UIKit")
    for name in found:
        assert re.search(rf"\b{name}\??\(", types), f"iOS has no {name}"


@pytest.mark.parametrize(
    ("framework", "name"),
    [
        ("WebKit", "limitsNavigationsToAppBoundDomains"),
        ("WebKit", "initWithFrameConfiguration"),
        ("WebKit", "allowsBackForwardNavigationGestures"),
        ("WebKit", "targetFrame"),
        ("WebKit", "navigationDelegate"),
        ("WebKit", "UIDelegate"),
        ("UIKit", "openURLOptionsCompletionHandler"),
        ("UIKit", "URLContexts"),
        ("UIKit", "userActivities"),
        ("Foundation", "webpageURL"),
    ],
)
def test_ios_has_it(framework, name):
    assert re.search(rf"\b{name}\b", ios_types(framework))
    spelled = {"initWithFrameConfiguration": "initWithFrame", "openURLOptionsCompletionHandler": "openURL"}.get(
        name, name
    )
    assert spelled in (NATIVE / "ios.py").read_text()


def test_the_types_are_those_that_the_lock_names():
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    for name in ("types-ios", "types-android"):
        installed = json.loads((TYPES / name / "package.json").read_text())["version"]
        assert lock[f"node_modules/@nativescript/{name}"]["version"] == installed


def create_of(source: str, name: str) -> ast.FunctionDef:
    [found] = [each for each in ast.parse(source).body if isinstance(each, ast.ClassDef) and each.name == name]
    [create] = [each for each in found.body if isinstance(each, ast.FunctionDef) and each.name == "create"]
    return create


def test_our_ios_view_is_set_up_as_togas_own():
    """Its `create` cannot call Toga's, which makes the native view; so it must set all that Toga's sets, but for one."""  # noqa: E501
    import importlib.util  # noqa: PLC0415

    toga = Path(importlib.util.find_spec("toga_iOS").submodule_search_locations[0]) / "widgets/webview.py"

    def targets(create):
        return {
            ast.unparse(target) for each in ast.walk(create) if isinstance(each, ast.Assign) for target in each.targets
        }

    missing = targets(create_of(toga.read_text(), "WebView")) - targets(
        create_of((NATIVE / "ios.py").read_text(), "ShellWebViewImpl")
    )
    assert missing == {"self.native.inspectable"}, "nobody shall inspect a released app"


def test_the_flag_is_set_before_the_view_is_made():
    lines = ast.unparse(create_of((NATIVE / "ios.py").read_text(), "ShellWebViewImpl")).splitlines()
    [flag] = [at for at, line in enumerate(lines) if "limitsNavigationsToAppBoundDomains = True" in line]
    [made] = [at for at, line in enumerate(lines) if "initWithFrame" in line]
    assert flag < made
