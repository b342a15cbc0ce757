"""How long a request that was sent may still arrive, judged by the clock of the database that all machines share."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from console.models import Operation


def ago(seconds: float) -> CombinedExpression:
    """A moment in the past, for a query."""
    return Now() - timedelta(seconds=seconds)


def longest_way_s() -> float:
    """Seconds from the moment before a request leaves to the last one at which it could arrive."""
    return settings.PLATFORM_TOTAL_TIMEOUT_S + settings.PLATFORM_IN_FLIGHT_S


def believed_at(operation: Operation) -> datetime | None:
    """From when on a look-up that does not find it proves that it was not done; None while nothing was sent."""
    return operation.sent_at + timedelta(seconds=longest_way_s()) if operation.sent_at else None


def has_ended(operation: Operation) -> bool:
    """Whether its request, if it ever arrives, has arrived."""
    return Operation.objects.filter(pk=operation.pk, sent_at__lt=ago(longest_way_s())).exists()
