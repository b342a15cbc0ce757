"""What Django tells of an unexpected error, on its page for developers and in its reports: names and no values."""

import re
from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NoValues(SafeExceptionReporterFilter):
    """Django hides what is marked, and with DEBUG nothing at all. Here nothing needs a mark: neither what a form sent
    nor a local variable of any library is shown, since a secret may be in each of them.
    """

    hidden_settings = re.compile(
        "API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|URL|CACHES|CLUSTER|WEBHOOK", re.IGNORECASE
    )

    def is_active(self, request: HttpRequest | None) -> bool:  # noqa: ARG002  Django's signature
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST if request else (), self.cleansed_substitute)

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self,
        request: Any,  # noqa: ARG002  Django's signature
        tb_frame: FrameType,
    ) -> ItemsView[str, Any]:
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
