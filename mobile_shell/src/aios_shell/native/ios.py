"""iOS: the page in a WKWebView bound to our domain, so that its service worker runs (docs/shell.md)."""

from __future__ import annotations

from rubicon.objc import SEL, NSInteger, ObjCBlock, ObjCClass, objc_id, objc_method, objc_property, send_super
from toga_iOS import app as toga_app
from toga_iOS.libs import NSURL, UIApplication, WKNavigationResponsePolicy
from toga_iOS.libs.core_graphics import CGRectMake
from toga_iOS.widgets.webview import TogaWebView, WebView

WKWebViewConfiguration = ObjCClass("WKWebViewConfiguration")
CANCELLED = -999
"""NSURLErrorCancelled: another page was asked for meanwhile."""
POLICY_CHANGED = 102
"""WebKitErrorFrameLoadInterruptedByPolicyChange: we refused it ourselves, or it became a download."""


class ShellNativeWebView(TogaWebView):
    """Toga's view with the delegate's methods that it leaves out."""

    shell = objc_property(object, weak=True)

    @objc_method
    def webView_decidePolicyForNavigationAction_decisionHandler_(
        self, webview, navigationAction, decisionHandler
    ) -> None:
        frame = navigationAction.targetFrame
        inside = (frame is not None and not frame.isMainFrame()) or self.shell.allows(str(navigationAction.request.URL))
        decision = WKNavigationResponsePolicy.Allow if inside else WKNavigationResponsePolicy.Cancel
        ObjCBlock(decisionHandler, None, NSInteger)(decision)

    @objc_method
    def webView_createWebViewWithConfiguration_forNavigationAction_windowFeatures_(
        self, webview, configuration, navigationAction, windowFeatures
    ) -> objc_id:
        # A page that wants a window of its own: the same rule, in this one.
        if self.shell.allows(str(navigationAction.request.URL)):
            webview.loadRequest(navigationAction.request)
        return None

    @objc_method
    def webView_didFailProvisionalNavigation_withError_(self, webview, navigation, error) -> None:
        if int(error.code) not in {CANCELLED, POLICY_CHANGED}:
            self.shell.failed()

    @objc_method
    def webViewWebContentProcessDidTerminate_(self, webview) -> None:
        self.shell.gone()


class ShellWebViewImpl(WebView):
    """Toga's, but made with a configuration of ours: a WKWebView gives only a copy of its own afterwards."""

    def create(self) -> None:
        """Make the view. What follows `native` is what Toga's own `create` does."""
        configuration = WKWebViewConfiguration.alloc().init()
        if configuration.respondsToSelector(SEL("setLimitsNavigationsToAppBoundDomains:")):
            configuration.limitsNavigationsToAppBoundDomains = True
        self.native = ShellNativeWebView.alloc().initWithFrame(CGRectMake(0, 0, 0, 0), configuration=configuration)
        self.native.interface = self.interface
        self.native.impl = self
        self.native.shell = self.interface.shell
        self.native.navigationDelegate = self.native
        self.native.UIDelegate = self.native
        self.native.allowsBackForwardNavigationGestures = True
        self.loaded_future = None
        self._allowed_url = None
        self.add_constraints()

    def open_outside(self, url: str) -> None:
        """Let the system open it."""
        UIApplication.sharedApplication.openURL(NSURL.URLWithString(url), options={}, completionHandler=None)

    def leave(self) -> None:
        """An app of iOS does not close itself; people swipe."""


class ShellSceneDelegate(toga_app.PythonSceneDelegate):
    """Toga's, with links: `aios://…` and those of our domain, cold and warm."""

    @objc_method
    def scene_willConnectToSession_options_(self, scene, session, options) -> None:
        names = "scene:willConnectToSession:options:"
        send_super(__class__, self, names, scene, session, options, restype=None, argtypes=[objc_id] * 3)
        self.scene_openURLContexts_(scene, options.URLContexts)
        for activity in options.userActivities.allObjects():
            self.scene_continueUserActivity_(scene, activity)

    @objc_method
    def scene_openURLContexts_(self, scene, contexts) -> None:
        for context in contexts.allObjects():
            toga_app.App.app.interface.shell.link(str(context.URL))

    @objc_method
    def scene_continueUserActivity_(self, scene, activity) -> None:
        if activity.webpageURL is not None:
            toga_app.App.app.interface.shell.link(str(activity.webpageURL))


def attach(_: object) -> None:
    """Let scenes be ours: Toga looks its delegate up when a scene connects."""
    toga_app.PythonSceneDelegate = ShellSceneDelegate
