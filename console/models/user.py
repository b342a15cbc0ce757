"""The people who use the console. Their roles are groups: see services/roles.py."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property


class User(AbstractUser):
    """One of our own from the first migration on, since Django cannot exchange it later."""

    # When a password that somebody else typed expires; null when it is the person's own.
    provisional_until = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.username

    @cached_property
    def group_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))
