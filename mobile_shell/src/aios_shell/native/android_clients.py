"""Android: what the web view calls. Chaquopy makes Java classes of these (`staticProxy` in pyproject.toml)."""

from __future__ import annotations

import weakref

from android.content import ActivityNotFoundException, Intent
from android.net import Uri
from android.webkit import (
    RenderProcessGoneDetail,
    ValueCallback,
    WebChromeClient,
    WebResourceError,
    WebResourceRequest,
    WebView,
    WebViewClient,
)
from java import Override, jarray, jboolean, jvoid, static_proxy
from java.lang import String

RESULT_OK = -1
"""Activity.RESULT_OK."""


class ShellWebClient(static_proxy(WebViewClient)):
    """Navigation, failures and the death of the page's process."""

    def __init__(self, impl):
        self.interface = weakref.proxy(impl.interface)
        super().__init__()

    @Override(jboolean, [WebView, WebResourceRequest])
    def shouldOverrideUrlLoading(self, webview, request):
        return request.isForMainFrame() and not self.interface.shell.allows(request.getUrl().toString())

    @Override(jvoid, [WebView, String])
    def onPageFinished(self, webview, url):
        self.interface.on_webview_load()

    @Override(jvoid, [WebView, WebResourceRequest, WebResourceError])
    def onReceivedError(self, webview, request, error):
        if request.isForMainFrame():
            self.interface.shell.failed()

    @Override(jboolean, [WebView, RenderProcessGoneDetail])
    def onRenderProcessGone(self, webview, detail):
        # A view without its process is of no use any more. False would end the whole app.
        webview.destroy()
        self.interface.shell_app.rebuild()
        return True


class ShellChromeClient(static_proxy(WebChromeClient)):
    """File fields."""

    def __init__(self, impl):
        self.choices = impl.choices
        self.app = weakref.proxy(impl.interface.shell_app)
        super().__init__()

    @Override(jboolean, [WebView, ValueCallback, WebChromeClient.FileChooserParams])
    def onShowFileChooser(self, webview, callback, parameters):
        def answer(files):
            callback.onReceiveValue(None if files is None else jarray(Uri)([Uri.parse(each) for each in files]))

        choice = self.choices.begin(answer)
        intent = parameters.createIntent()
        if parameters.getMode() == WebChromeClient.FileChooserParams.MODE_OPEN_MULTIPLE:
            intent.putExtra(Intent.EXTRA_ALLOW_MULTIPLE, True)
        try:
            self.app._impl.start_activity(
                intent, on_complete=lambda code, data: choice.settle(chosen(data) if code == RESULT_OK else None)
            )
        except ActivityNotFoundException:
            choice.settle(None)
        return True


def chosen(data):
    """The addresses of what was chosen: several are in the clip, one is the data itself."""
    if data is None:
        return None
    clip = data.getClipData()
    if clip is not None:
        return [clip.getItemAt(at).getUri().toString() for at in range(clip.getItemCount())]
    return None if data.getData() is None else [data.getData().toString()]
