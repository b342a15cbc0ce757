"""Django's admin: users, groups and schedules, nothing else, for who may manage users."""

from typing import Any, cast

from django.contrib.admin import AdminSite, ModelAdmin, display
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.html import format_html
from django_q.models import Schedule

from console.forms.schedule import ScheduleForm, in_words
from console.models import User
from console.services import first_passwords, groups, people, schedules, sessions
from console.services.roles import Permission, permissions_of
from console.templatetags.look import exact

LONGEST_SEARCH = 100


class PeopleSite(AdminSite):
    """A site of our own: the packages' models do not find their way into it by themselves."""

    site_title = site_header = "OTA Console"
    index_title = "People, roles and schedules"

    def has_permission(self, request: HttpRequest) -> bool:
        return Permission.MANAGE_USERS in permissions_of(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """One sign-in for all: who comes here is signed in already, by ours."""
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002
        """One form for one's own password: ours tells the trail."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the detour to an object of any kind by any id: our own pages link to theirs."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]


class Kept:
    """Nothing is deleted here: the audit trail refers to people, and the roles to their groups."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  Django's signature
        return site.has_permission(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Each word is a condition of the query, of which a database takes only so many."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(  # type: ignore[misc]  # a mixin
            request, queryset, search_term[:LONGEST_SEARCH]
        )
        return found


class ConsoleUserAdmin(Kept, UserAdmin):  # type: ignore[type-arg]  # generic for the type checker only
    """People are deactivated, not deleted. What changes is told to the trail, together with the change."""

    fieldsets = (*(UserAdmin.fieldsets or ()), ("Sessions", {"fields": ("open_sessions",)}))
    readonly_fields = ("open_sessions",)

    @display(description="Open sessions")
    def open_sessions(self, obj: User) -> str:
        """How many there are, and the way to end them."""
        url = reverse("user-sign-out", args=[obj.pk])
        return format_html('{} · <a href="{}">Sign out everywhere…</a>', sessions.count_open(obj), url)

    def view_on_site(self, obj: User) -> str:
        """Where the trail tells what was done to a person."""
        return reverse("user-history", args=[obj.pk])

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.facts_before = people.find_facts(obj.pk) if change else {}
        if not change:
            first_passwords.mark(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actor = cast("User", request.user)
        if change:
            people.tell_changes(form.instance, before=form.facts_before, actor=actor)
        else:
            people.tell_created(form.instance, actor=actor)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        user = self.get_object(request, id)
        if user == request.user:
            return self.admin_site.password_change(request)
        if user is None or request.method != "POST":
            return super().user_change_password(request, id, form_url)
        actor = cast("User", request.user)
        with transaction.atomic(), people.telling(user, actor=actor), first_passwords.setting(user, by=actor):
            return super().user_change_password(request, id, form_url)


class ConsoleGroupAdmin(Kept, GroupAdmin):
    """The groups named after roles carry them; accounts can be limited to groups."""

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        before = groups.get_name(obj.pk) if change else ""
        super().save_model(request, obj, form, change)
        groups.tell(obj, before=before, actor=cast("User", request.user))


class ScheduleAdmin(Kept, ModelAdmin):  # type: ignore[type-arg]
    """How often what is done by itself; what is done is not entered here."""

    form = ScheduleForm
    list_display = ("name", "what_it_does", "pace", "next_run_if_on", "last_run")
    fields = ("what_it_does", "every_s", "next_run_if_on", "last_run", "task")
    readonly_fields = ("what_it_does", "next_run_if_on", "last_run", "task")
    ordering = ("name",)
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:  # noqa: ARG002
        return schedules.find_all()

    def save_model(self, request: HttpRequest, obj: Schedule, form: ScheduleForm, change: bool) -> None:  # noqa: ARG002
        schedules.change(obj, every_s=form.cleaned_data["every_s"], actor=cast("User", request.user))

    @display(description="What it does")
    def what_it_does(self, row: Schedule) -> str:
        return schedules.JOBS[row.name].does

    @display(description="Task")
    def task(self, row: Schedule) -> str:
        return schedules.JOBS[row.name].task

    @display(description="How often")
    def pace(self, row: Schedule) -> str:
        return in_words(schedules.get_pace(row)) if schedules.is_on(row) else "off"

    @display(description="Next run")
    def next_run_if_on(self, row: Schedule) -> str:
        return exact(row.next_run) if schedules.is_on(row) else "none, it is off"

    @display(description="Last run")
    def last_run(self, row: Schedule) -> str:
        at = schedules.get_last_run(row)
        return exact(at) if at else "never"


site = PeopleSite(name="admin")
site.register(User, ConsoleUserAdmin)
site.register(Group, ConsoleGroupAdmin)
site.register(Schedule, ScheduleAdmin)
