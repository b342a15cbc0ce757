import re

import pytest
from django.test import Client
from django.urls import reverse

from console.models import User
from console.services.roles import Role
from tests import make


def models_on(page: str) -> set[str]:
    return set(re.findall(r'href="/admin/(\w+/\w+)/"', page)) - {"auth/logout", "password_change/done"}


def test_an_admin_finds_users_groups_and_schedules_and_nothing_else(as_admin: Client):
    page = as_admin.get("/admin/").content.decode()
    assert models_on(page) == {"console/user", "auth/group", "django_q/schedule"}


def test_a_superuser_finds_no_more(db: None):
    page = make.client(User.objects.create_superuser("root", password="x")).get("/admin/").content.decode()
    assert models_on(page) == {"console/user", "auth/group", "django_q/schedule"}


def test_an_admin_gives_a_role(as_admin: Client):
    person = make.user("new", Role.VIEWER)
    page = as_admin.get(f"/admin/console/user/{person.pk}/change/")
    assert page.status_code == 200
    assert "product manager" in page.content.decode() or "groups" in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_deleted(as_admin: Client, method: str):
    person = make.user("leaver", Role.VIEWER)
    assert getattr(as_admin, method)(f"/admin/console/user/{person.pk}/delete/").status_code == 403
    assert User.objects.filter(pk=person.pk).exists()


def test_staff_without_the_role_stay_outside(db: None):
    person = make.user("staff", Role.PRODUCT_MANAGER)
    User.objects.filter(pk=person.pk).update(is_staff=True)
    assert make.client(person).get("/admin/console/user/").status_code != 200


def test_there_is_no_detour_to_objects_of_any_kind(as_admin: Client):
    for number in range(1, 60):
        assert as_admin.get(f"/admin/r/{number}/no-uuid/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_ones_own_password_is_changed_in_one_place(as_admin: Client, method: str):
    """Where the present one is asked for, and the trail is told."""
    before = User.objects.values_list("password", flat=True).get(username="admin")
    own = reverse("admin:auth_user_password_change", args=[User.objects.get(username="admin").pk])
    typed = {
        "old_password": "x",
        "new_password1": "staple of the mast",
        "new_password2": "staple of the mast",
        "password1": "staple of the mast",
        "password2": "staple of the mast",
        "usable_password": "true",
    }
    for url in ("/admin/password_change/", own):
        assert getattr(as_admin, method)(url, typed)["Location"] == "/auth/password/change/"
    assert User.objects.values_list("password", flat=True).get(username="admin") == before
