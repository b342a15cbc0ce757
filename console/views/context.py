"""What the frame around every page needs."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from console.models import User
from console.services.drift_items import count_open
from console.services.ledger import count_unsettled
from console.services.roles import Permission, permissions_of, roles_of

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else ""}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return context
    permissions = permissions_of(user)
    return context | {
        "can": {
            "create": Permission.WRITE in permissions,
            "audit": bool(permissions & {Permission.READ_AUDIT, Permission.READ_OWN_AUDIT}),
            "reveal": Permission.REVEAL_SECRET in permissions,
            "accounts": Permission.MANAGE_ACCOUNTS in permissions,
            "users": Permission.MANAGE_USERS in permissions,
        },
        "roles": sorted(roles_of(user)),
        # Counted where they are shown only: what htmx swaps in has no frame around it.
        "nav_unsettled": SimpleLazyObject(partial(count_unsettled, reader=user)),
        "nav_drift": SimpleLazyObject(partial(count_open, reader=user)),
    }
