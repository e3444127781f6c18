"""Android: back, insets, downloads, links and shared texts, around Toga's web view."""

from __future__ import annotations

import asyncio

from android import R
from android.app import DownloadManager
from android.content import ActivityNotFoundException, Context, Intent
from android.net import Uri
from android.os import Build, Environment
from android.view import KeyEvent, View, WindowInsets
from android.webkit import CookieManager, DownloadListener, URLUtil
from androidx.core.util import Consumer
from java import dynamic_proxy
from toga_android.widgets.webview import WebView

from aios_shell.core.files import FileChoices
from aios_shell.core.policy import Place, place_of

from .android_clients import ShellChromeClient, ShellWebClient

API_30, API_33 = 30, 33


class ShellWebViewImpl(WebView):
    """Toga's view with clients of ours."""

    def create(self):
        """Make the view, then take the place of Toga's client."""
        super().create()
        self.choices = FileChoices()
        self.client = ShellWebClient(self)
        self.SUPPORTS_ON_WEBVIEW_LOAD = True
        self.native.setWebViewClient(self.client)
        self.native.setWebChromeClient(ShellChromeClient(self))
        self.native.setDownloadListener(Downloads(self))
        self.settings.setAllowFileAccess(False)
        self.settings.setAllowContentAccess(False)
        self.settings.setBuiltInZoomControls(False)
        if Build.VERSION.SDK_INT < API_33:
            self.native.setOnKeyListener(BackKey(self.interface.shell_app))

    def open_outside(self, url):
        """Let the system open it; without an app for it nothing happens."""
        try:
            self._native_activity.startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(url)))
        except ActivityNotFoundException:
            return

    def leave(self):
        """Go to the background, as a browser does."""
        self._native_activity.moveTaskToBack(True)


class Downloads(dynamic_proxy(DownloadListener)):
    """Hands an export to the system's downloads, with the session's cookie."""

    def __init__(self, impl):
        super().__init__()
        self.impl = impl

    def onDownloadStart(self, url, userAgent, contentDisposition, mimetype, contentLength):
        server = self.impl.interface.shell.server
        if place_of(url, server) is not Place.INSIDE or not url.startswith("http"):
            return
        request = DownloadManager.Request(Uri.parse(url))
        request.addRequestHeader("Cookie", CookieManager.getInstance().getCookie(url) or "")
        request.setMimeType(mimetype)
        request.setNotificationVisibility(DownloadManager.Request.VISIBILITY_VISIBLE_NOTIFY_COMPLETED)
        name = URLUtil.guessFileName(url, contentDisposition, mimetype)
        request.setDestinationInExternalPublicDir(Environment.DIRECTORY_DOWNLOADS, name)
        self.impl._native_activity.getSystemService(Context.DOWNLOAD_SERVICE).enqueue(request)


class BackKey(dynamic_proxy(View.OnKeyListener)):
    """Back until Android 12."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def onKey(self, view, code, event):
        if code != KeyEvent.KEYCODE_BACK:
            return False
        if event.getAction() == KeyEvent.ACTION_UP:
            asyncio.ensure_future(self.app.go_back())
        return True


class Insets(dynamic_proxy(View.OnApplyWindowInsetsListener)):
    """Keeps the page clear of bars, cutouts and the keyboard: target 36 draws edge to edge."""

    def onApplyWindowInsets(self, view, insets):
        if Build.VERSION.SDK_INT >= API_30:
            kind = WindowInsets.Type.systemBars() | WindowInsets.Type.displayCutout() | WindowInsets.Type.ime()
            edges = insets.getInsets(kind)
            view.setPadding(edges.left, edges.top, edges.right, edges.bottom)
            return WindowInsets.CONSUMED
        view.setPadding(
            insets.getSystemWindowInsetLeft(),
            insets.getSystemWindowInsetTop(),
            insets.getSystemWindowInsetRight(),
            insets.getSystemWindowInsetBottom(),
        )
        return insets.consumeSystemWindowInsets()


class NewIntent(dynamic_proxy(Consumer)):
    """A link or a shared text while the app runs (`launchMode` is `singleTask`)."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def accept(self, intent):
        take(self.app, intent)


def take(app, intent):
    """Do what an intent asks for; whether it asked for anything."""
    if intent is None:
        return False
    if intent.getAction() == Intent.ACTION_VIEW and intent.getDataString():
        return app.shell.link(intent.getDataString())
    if intent.getAction() == Intent.ACTION_SEND and app.shell.server:
        title, text = intent.getStringExtra(Intent.EXTRA_SUBJECT), intent.getStringExtra(Intent.EXTRA_TEXT)
        app.shell.share(title or "", text or "")
        return True
    return False


def attach(app):
    """Connect the activity with the app. Runs again in an activity that was made anew, as a switch to dark does."""
    activity = app._impl.native
    content = activity.findViewById(R.id.content)
    content.setOnApplyWindowInsetsListener(Insets())
    content.requestApplyInsets()
    activity.addOnNewIntentListener(NewIntent(app))
    if Build.VERSION.SDK_INT >= API_33:
        from android.window import OnBackInvokedCallback

        class Back(dynamic_proxy(OnBackInvokedCallback)):
            def onBackInvoked(self):
                asyncio.ensure_future(app.go_back())

        activity.getOnBackInvokedDispatcher().registerOnBackInvokedCallback(0, Back())


def opened(app):
    """After the first screen: what the app was opened with, once. An activity made anew still carries it."""
    activity = app._impl.native
    intent = activity.getIntent()
    activity.setIntent(Intent())
    take(app, intent)
