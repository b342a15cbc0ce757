"""The people who use the console. Their roles are groups: see services/roles.py."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """One of our own from the first migration on, since Django cannot exchange it later."""

    def __str__(self) -> str:
        return self.username
