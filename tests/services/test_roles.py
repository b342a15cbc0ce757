"""The roles are there to be given before anybody has one."""

import pytest
from django.contrib.auth.models import Group

from console.services.roles import Role


@pytest.mark.django_db
def test_each_role_has_its_group_from_the_start():
    assert set(Group.objects.values_list("name", flat=True)) == set(Role)
