"""What must hold before the console starts, found by `manage.py check`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def transactions_stay_short(**_: Any) -> list[CheckMessage]:
    """No transaction may be open while a platform is asked, so requests must not be wrapped in one."""
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return []
    return [Error("ATOMIC_REQUESTS is on", hint="A remote call would hold a transaction open.", id="console.E001")]
