"""Makers: what a test needs in the database, with sensible values for what it does not care about."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import time_machine
from allauth.account.internal.flows import login as flows
from allauth.core import context
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from console.models import Account, AuditEntry, DriftItem, DriftKind, Module, Operation, Outcome, Product, SyncRun, User
from console.platforms.rules import fold
from console.platforms.types import ModuleSpec, ProductSpec
from console.services import accounts, audit, products
from console.services.roles import Role

HTMX = {"HX-Request": "true"}


def user(name: str, *roles: Role, password: str | None = None) -> User:
    made = User(username=name)
    made.set_password(password)
    made.save()
    for role in roles:
        made.groups.add(Group.objects.get_or_create(name=role)[0])
    return made


def client(signed_in: User) -> Client:
    made = Client()
    made.force_login(signed_in)
    return made


def just_signed_in(person: User) -> Client:
    """A client of somebody who has given a proof of who they are within the last minutes."""
    made = client(person)
    session = made.session
    session[flows.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[flows._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return made


@contextmanager
def asked_by(person: User) -> Iterator[None]:
    """What allauth does for a request of the person."""
    request = HttpRequest()
    request.user = person
    with context.request_context(request):
        yield


def account(
    *,
    platform: str = "alibaba",
    endpoint: str = "http://127.0.0.1:9",
    slug: str = "",
    key: str = "sandbox-id",
    secret: str = "sandbox-secret",
    scheme: str = "",
) -> Account:
    """An account of the platform; by default its endpoint refuses every connection."""
    return accounts.create(
        entry=accounts.AccountEntry(
            slug=slug or f"{platform}-test",
            title=f"{platform.title()} test",
            platform=platform,
            endpoint=endpoint,
            signature_scheme=scheme or ("rpc-v1" if platform == "tuya" else "acs3"),
            access_key_id=key,
            access_key_secret=secret,
            region="cn-shanghai" if platform == "alibaba" else "",
        ),
        actor=None,
    )


def product_spec(name: str = "Light_Living", **changes: object) -> ProductSpec:
    return ProductSpec(product_name=name, node_type=0, **changes)  # type: ignore[arg-type]


def created_product(on: Account, actor: User, name: str = "Light_Living") -> Product:
    """A product that is on the sandbox and in the cache."""
    operation = products.create(account=on, spec=product_spec(name), form_token=uuid4(), actor=actor)
    assert operation.product, f"{operation.state}: {operation.code} {operation.message}"
    return operation.product


def cached_product(of: Account, name: str = "Light_Living", key: str = "", **columns: object) -> Product:
    """A product that is in the cache only."""
    now = timezone.now()
    return Product.objects.create(
        account=of,
        product_key=key or f"a1{uuid4().hex[:9]}",
        product_name=name,
        node_type=0,
        **{"created_at": now, "verified_at": now, "verified_by": "test"} | columns,
    )


def cached_module(of: Product, name: str = "barcodeScanner", **columns: object) -> Module:
    now = timezone.now()
    return Module.objects.create(
        product=of,
        module_name=name,
        folded_name=fold(name),
        **{"created_at": now, "verified_at": now, "verified_by": "test"} | columns,
    )


def module_spec(of: Product, name: str = "barcodeScanner", **changes: str) -> ModuleSpec:
    return ModuleSpec(product_key=of.product_key, module_name=name, **changes)


def trail(**filters: object) -> list[tuple[str, str]]:
    """The audit trail in order, as (action, outcome)."""
    return list(AuditEntry.objects.filter(**filters).order_by("id").values_list("action", "outcome"))


def operations() -> list[tuple[str, str]]:
    return list(Operation.objects.order_by("created_at").values_list("action", "state"))


def entry(actor: User | None, *, at: str = "", **columns: object) -> AuditEntry:
    """An audit entry; `at` is a moment in ISO format, now when it is empty."""
    event = audit.Event(**{"action": "product.create", "outcome": Outcome.DONE, "actor": actor} | columns)  # type: ignore[arg-type]
    moment = timezone.now() if not at else datetime.fromisoformat(at)
    with time_machine.travel(moment, tick=False), transaction.atomic():
        return audit.append(event)


def idle(run: SyncRun, *, seconds: float) -> None:
    """Let a sync not have moved for so long."""
    SyncRun.objects.filter(pk=run.pk).update(touched_at=timezone.now() - timedelta(seconds=seconds))


def drift_item(on: Product | Module, kind: str = DriftKind.NEW, **columns: object) -> DriftItem:
    """Something that was found outside, waiting for a person."""
    product, module = (on.product, on) if isinstance(on, Module) else (on, None)
    return DriftItem.objects.create(
        account=product.account, product=product, module=module, kind=kind, **{"found_at": timezone.now()} | columns
    )
