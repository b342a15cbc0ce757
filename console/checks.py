"""What must hold before the console starts, found by `manage.py check`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from console.services import audit_chain, audit_guards


@register()
def transactions_stay_short(**_: Any) -> list[CheckMessage]:
    """No transaction may be open while a platform is asked, so requests must not be wrapped in one."""
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return []
    return [Error("ATOMIC_REQUESTS is on", hint="A remote call would hold a transaction open.", id="console.E001")]


@register(Tags.database)
def trail_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The triggers that protect the audit trail are there. A warning: `migrate`, which checks first, puts them back."""
    if not databases or not audit_chain.is_there() or not (missing := audit_guards.find_missing()):
        return []
    hint = "manage.py migrate puts them back and tells the trail."
    return [Caution(f"guards of the audit trail are missing: {', '.join(missing)}", hint=hint, id="console.W001")]
