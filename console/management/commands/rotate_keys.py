"""Seal everything with the newest key, while the console runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.services import rotation

REMOVE = "The older keys may be removed from SEAL_KEYS."
ONCE_MORE = (
    "Keep the older keys in SEAL_KEYS until every process of the console was started with the newest key first, "
    "and this command, run once more, finds nothing to seal anew."
)


class Command(BaseCommand):
    help = "Seal every stored secret with the first of SEAL_KEYS. It may be interrupted and started again."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  Django's signature
        found = rotation.rotate(actor=None)
        self.stdout.write(
            f"{found.renewed} sealed anew, {found.current} with the newest key, {len(found.broken)} broken."
        )
        if found.broken:
            places = "\n".join(found.broken)
            raise CommandError(f"These open with none of SEAL_KEYS, so no key may be removed:\n{places}")
        if not found.is_complete:
            raise CommandError("A process still seals with an older key. Start it with the newest key first.")
        self.stdout.write(ONCE_MORE if found.renewed else REMOVE)
