"""Whether an account's platform can be reached: after several failures in a row its circuit is open."""

from django.db import models

from console.models.account import Account


class Circuit(models.Model):
    """Open since `opened_at`, closed when that is empty; `probe_at` is when the next call may try."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="circuit")
    failures = models.IntegerField(default=0)
    reason = models.TextField(blank=True)
    opened_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id}: {'open' if self.opened_at else 'closed'}"
