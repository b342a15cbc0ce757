"""When the workers were last seen alive."""

from django.db import models


class Heartbeat(models.Model):
    machine = models.CharField(max_length=128, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.machine} at {self.at}"
