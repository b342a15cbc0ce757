"""Django's admin: users and groups, nothing else."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from console.models import User
from console.services.roles import Permission, permissions_of

# One sign-in for all: the admin's own would know no limit of attempts.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _may_manage_users(request: HttpRequest) -> bool:
    return Permission.MANAGE_USERS in permissions_of(request.user)


@admin.register(User)
class ConsoleUserAdmin(UserAdmin):  # type: ignore[type-arg]  # generic for the type checker only
    """Users are deactivated, never deleted: the audit trail refers to them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_manage_users(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002  Django's signature
        return _may_manage_users(request)

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        return _may_manage_users(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        return _may_manage_users(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        return False
