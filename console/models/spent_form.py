"""Forms that count once though they leave no operation behind."""

from django.db import models


class SpentForm(models.Model):
    """Kept for good: an answer that a browser reloads much later must not come again."""

    token = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.token)
