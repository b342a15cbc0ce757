"""Passwords hashed as in production, at the least cost that Argon2 allows: tests hash hundreds of them."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
