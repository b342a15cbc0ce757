"""A thing template (product category) that an account offers: a cache, disposable."""

from django.db import models

from console.models.account import Account


class Category(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="categories")
    category_key = models.CharField(max_length=128)
    category_name = models.CharField(max_length=128)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "category_key"], name="category_key_once_per_account"),
        )

    def __str__(self) -> str:
        return self.category_name
