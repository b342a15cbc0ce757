"""What the page of one audit entry shows beside its columns."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from console.models import AuditAnchor, AuditEntry, Operation, User
from console.services.audit import BEFORE, Details
from console.services.roles import Permission, permissions_of
from console.services.visibility import accounts_of, modules_of, operations_of, products_of

AFTER = "after "


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One parameter; `before` is None where nothing is known of it."""

    name: str
    value: str
    before: str | None = None

    @property
    def changes(self) -> bool:
        return self.before is not None and self.before != self.value


def values_of(details: Details) -> list[Value]:
    """The parameters of an entry, each with what was there before, as far as the record tells it."""
    told = details.parameters
    values = []
    for name, value in told.items():
        changed = name.removeprefix(BEFORE)
        if name.startswith(BEFORE) and (changed in told or AFTER + changed in told):
            continue
        plain = name.removeprefix(AFTER)
        before = told.get(BEFORE + plain)
        values.append(Value(name=name if before is None else plain, value=value, before=before))
    return values


def operation_of(entry: AuditEntry, reader: User) -> Operation | None:
    """The operation of an entry, as long as the reader may see it."""
    if not entry.operation_id:
        return None
    return operations_of(reader).filter(pk=entry.operation_id).first()


def anchor_after(entry: AuditEntry) -> AuditAnchor | None:
    """The first anchor that covers an entry."""
    return AuditAnchor.objects.filter(sequence__gte=entry.pk).order_by("sequence", "id").first()


def url_of_target(entry: AuditEntry, reader: User) -> str:
    """Where the object is shown, as long as it is there and open to the reader."""
    match entry.target_kind:
        case "product" if products_of(reader).filter(pk=entry.target_id).exists():
            return reverse("product-detail", args=[entry.target_id])
        case "module" if modules_of(reader).filter(pk=entry.target_id).exists():
            return reverse("module-detail", args=[UUID(entry.target_id)])
        case "account":
            return _url_of_account(entry, reader)
        case "user" | "group":
            kind = f"admin:{'console' if entry.target_kind == 'user' else 'auth'}_{entry.target_kind}_change"
            return reverse(kind, args=[entry.target_id]) if Permission.MANAGE_USERS in permissions_of(reader) else ""
        case _:
            return ""


def _url_of_account(entry: AuditEntry, reader: User) -> str:
    account = accounts_of(reader).filter(pk=entry.target_id).first()
    if account is None or Permission.MANAGE_ACCOUNTS not in permissions_of(reader):
        return ""
    return reverse("account-update", args=[account.slug])
