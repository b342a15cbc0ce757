"""Django's admin: users and groups, nothing else, for who may manage users."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.models import User
from console.services.roles import Permission, permissions_of


class PeopleSite(AdminSite):
    """A site of our own: the packages' models do not find their way into it by themselves."""

    site_title = site_header = "OTA Console"
    index_title = "People and roles"

    def has_permission(self, request: HttpRequest) -> bool:
        return Permission.MANAGE_USERS in permissions_of(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """One sign-in for all: who comes here is signed in already, by ours."""
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")


class Kept:
    """Nothing is deleted here: the audit trail refers to people, and the roles to their groups."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  Django's signature
        return site.has_permission(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False


class ConsoleUserAdmin(Kept, UserAdmin):  # type: ignore[type-arg]  # generic for the type checker only
    """People are deactivated, not deleted."""


class ConsoleGroupAdmin(Kept, GroupAdmin):
    """The groups named after roles carry them; others mean nothing to the console."""


site = PeopleSite(name="admin")
site.register(User, ConsoleUserAdmin)
site.register(Group, ConsoleGroupAdmin)
