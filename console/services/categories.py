"""The thing templates (product categories) that an account offers, read after a sync."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from console.models import Account, Category, Lane
from console.platforms import types
from console.platforms.errors import PlatformError
from console.services.accounts import client_for


def refresh(account: Account) -> bool:
    """Read the thing templates; False when the platform did not show them, and the known ones stay."""
    at = timezone.now()
    try:
        with client_for(account, lane=Lane.SYNC) as client:
            answer = client.list_thing_templates()
    except PlatformError:
        return False
    with transaction.atomic():
        _store(account, answer.value, at=at)
    return True


def _store(account: Account, shown: tuple[types.Category, ...], *, at: datetime) -> None:
    for category in shown:
        Category.objects.update_or_create(
            account=account,
            category_key=category.category_key[:128],
            defaults={"category_name": category.category_name[:128], "verified_at": at},
        )
    Category.objects.filter(account=account, verified_at__lt=at).delete()
