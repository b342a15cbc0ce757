"""An account that is limited to a group, with one of everything in it, and what would give it away."""

import io
import zipfile
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.utils import timezone

from console.models import Account, AuditEntry, Category, Circuit, DriftItem, Module, Operation, Product, SyncRun, User
from tests import make
from tests.views import ledger_rows

SLUG = "hidden-works"
# Names that stand on no page for any other reason.
TRACES = (
    "Hidden works",
    "Hidden_lamp",
    "a1HiddenKey",
    "hiddenScanner",
    "hidden alias",
    "hiddenRequest",
    "HiddenTemplate",
)
ROWS = (Account, Product, Module, Operation, DriftItem, SyncRun, Circuit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The account, who may see it, and what an address names of it, by the names of the parts."""

    account: Account
    group: Group
    parts: dict[str, object]


def closed_account(person: User) -> Closed:
    """All of it as if `person` had worked on it before it was closed to them. Nobody is in its group."""
    account = make.account(slug=SLUG)
    Account.objects.filter(pk=account.pk).update(title=TRACES[0])
    account.refresh_from_db()
    now = timezone.now()
    product = make.cached_product(account, TRACES[1], TRACES[2], created_by=person, category_key="HiddenTemplate")
    module = make.cached_module(product, TRACES[3], alias_name=TRACES[4], created_by=person)
    ledger_rows.operation(product, person, TRACES[3], request_id=TRACES[5], settled_at=now)
    waiting = ledger_rows.operation(product, person, f"{TRACES[3]}2", "retryable", request_id=TRACES[5])
    run = SyncRun.objects.create(account=account, started_by=person, started_at=now, touched_at=now)
    item = make.drift_item(module, after={"desc": TRACES[4]}, sync=run)
    Category.objects.create(account=account, category_key="key", category_name=TRACES[6], verified_at=now)
    Circuit.objects.create(account=account, failures=5, opened_at=now, probe_at=now, reason="It is silent.")
    entry = make.entry(person, account=account, target=module, operation=waiting, request_id=TRACES[5])
    group = Group.objects.create(name="its makers")
    account.visible_to.set([group])
    parts = {
        "slug": SLUG,
        "product_id": product.pk,
        "module_id": module.pk,
        "operation_id": waiting.pk,
        "item_id": item.pk,
        "run_id": run.pk,
        "entry_id": entry.pk,
        "user_id": person.pk,
    }
    return Closed(account=account, group=group, parts=parts)


def filters_of(closed: Closed) -> list[dict[str, object]]:
    """What somebody who knows of the account may put into the addresses of lists and forms."""
    return [
        {},
        {"account": SLUG},
        {"q": "idden"},
        {"text": "idden"},
        {"text": TRACES[5]},
        {"target": closed.parts["module_id"]},
        {"whose": "mine"},
        {"product_name": "Hidden_lam", "account": SLUG},
    ]


def form_of(closed: Closed) -> dict[str, object]:
    """A form with whatever a writing route may want, aimed at the account."""
    return {
        "account": SLUG,
        "item": [closed.parts["item_id"]],
        "form_token": uuid4(),
        "product_name": "Another_lamp",
        "module_name": "another",
        "product_key": "a1Another99",
        "node_type": "0",
        "net_type": "WIFI",
        "reason": "I want to.",
        "person": closed.account.syncs.get().started_by_id,
    }


def state_of(closed: Closed) -> list[object]:
    """Every row of the console but the trail's: what must be the same after a try that was turned away."""
    return [list(model.objects.order_by("pk").values()) for model in ROWS] + [
        list(closed.account.visible_to.values_list("pk", flat=True))
    ]


def told(closed: Closed, action: str) -> int:
    """How many denied attempts of an action the trail shows, with the account."""
    return AuditEntry.objects.filter(outcome="denied", action=action, account_slug=closed.account.slug).count()


def traces_in(response: HttpResponse, *typed: object) -> list[str]:
    """What an answer gives away; a name that was typed into the request is not its doing."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{response.headers} {_unpacked(content)}"
    return [name for name in (*TRACES, SLUG) if name in text and name not in repr(typed)]


def _unpacked(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return "".join(pack.read(name).decode(errors="replace") for name in pack.namelist())
