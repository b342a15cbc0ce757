"""The demonstration: four people and two accounts on the local sandbox, for an empty console only."""

from django.db import transaction

from console.models import Account, User
from console.services import accounts, people
from console.services.accounts import AccountEntry
from console.services.roles import Role, grant

PEOPLE = {
    "pm": Role.PRODUCT_MANAGER,
    "viewer": Role.VIEWER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
BY = "command demo"
SLUGS = ("sandbox-alibaba", "sandbox-tuya")


def is_empty() -> bool:
    return not User.objects.exists() and not Account.objects.exists()


def fill(*, password: str, port: int, key_id: str, key_secret: str) -> None:
    """Enter the demo people and accounts. The sandbox speaks Alibaba's dialect on `port`, Tuya's on the next."""
    with transaction.atomic():
        for name, role in PEOPLE.items():
            user = User.objects.create_user(name, password=password)
            people.tell_created(user, actor=None, by=BY)
            grant(user, role, by=BY)
        for entry in _entries(port, key_id, key_secret):
            accounts.create(entry=entry, actor=None)


def renew(*, password: str, port: int, key_id: str, key_secret: str) -> None:
    """Let an earlier demonstration follow what it is started with now: its password, the sandbox's port and key."""
    entries = {entry.slug: entry for entry in _entries(port, key_id, key_secret)}
    with transaction.atomic():
        for user in User.objects.filter(username__in=PEOPLE):
            if not user.check_password(password):
                with people.telling(user, actor=None, by=BY):
                    user.set_password(password)
                    user.provisional_until = None
                    user.save(update_fields=["password", "provisional_until"])
        for account in Account.objects.filter(slug__in=SLUGS):
            is_same = account.endpoint == entries[account.slug].endpoint
            if not (is_same and accounts.has_key(account, key_id=key_id, key_secret=key_secret)):
                accounts.update(account, entry=entries[account.slug], actor=None)


def exists() -> bool:
    return Account.objects.filter(slug__in=SLUGS).exists() and User.objects.filter(username="pm").exists()


def _entries(port: int, key_id: str, key_secret: str) -> list[AccountEntry]:
    alibaba, tuya = SLUGS
    return [
        AccountEntry(
            slug=alibaba,
            title="Sandbox, Alibaba dialect",
            platform=Account.Platform.ALIBABA,
            endpoint=f"http://127.0.0.1:{port}",
            signature_scheme=Account.SignatureScheme.ACS3,
            access_key_id=key_id,
            access_key_secret=key_secret,
            region="cn-shanghai",
        ),
        AccountEntry(
            slug=tuya,
            title="Sandbox, Tuya dialect",
            platform=Account.Platform.TUYA,
            endpoint=f"http://127.0.0.1:{port + 1}",
            signature_scheme=Account.SignatureScheme.RPC_V1,
            access_key_id=key_id,
            access_key_secret=key_secret,
        ),
    ]
