"""A day of the console on whatever database it is given, a worker beside it: `python -m tests.security.restricted`.

Prints as JSON what came of each thing that it did.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

KEY = "correct horse battery"
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LIMIT_S = 60


def main() -> None:
    django.setup()
    # As bin/run does at each start.
    call_command("migrate", verbosity=0)
    from console.sandbox.server import Sandbox

    with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES), Sandbox(limits=False) as sandbox:
        came = live(sandbox.url)
    sys.stdout.write(json.dumps(came))


def live(endpoint: str) -> dict[str, Any]:
    """Sign in, write, sync, verify, anchor, tidy up, sign out."""
    from console import tasks
    from console.models import AuditAnchor, AuditEntry
    from console.services import audit_guards, modules, syncs
    from console.services.audit_verify import start
    from console.services.roles import Role
    from tests import make

    pm = make.user("pm", Role.PRODUCT_MANAGER, password=KEY)
    account, client = make.account(endpoint=endpoint), Client(SERVER_NAME="localhost")
    came = sign_in(client)
    came |= write(client, account.slug)
    product = account.products.get()
    came["module"] = modules.create(
        product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm
    ).get_state_display()
    run, verification = syncs.start(account=account, actor=pm), start(pm)
    came["sync"] = ended(run, lambda: run.state != "running")
    came["verification"] = ended(verification, lambda: verification.state != "running")
    for task in (tasks.reconcile, tasks.anchor, tasks.tidy):
        task()
    call_command("audit_verify", stdout=sys.stderr)
    came["anchored"] = AuditAnchor.objects.latest("id").sequence > verification.last
    came["missing"] = audit_guards.find_missing()
    came["sign-out"] = client.post("/auth/logout/").status_code
    came["actions"] = sorted(set(AuditEntry.objects.values_list("action", flat=True)))
    return came


def sign_in(client: Client) -> dict[str, int]:
    login = {"login": "pm", "password": KEY}
    wrong = client.post("/auth/login/", login | {"password": "wrong"}).status_code
    return {"wrong password": wrong, "sign-in": client.post("/auth/login/", login).status_code}


def write(client: Client, account: str) -> dict[str, int]:
    form = {"form_token": str(uuid4()), "account": account, "product_name": "Lamp", "node_type": "0"}
    form |= {"net_type": "WIFI", "aliyun_commodity_code": "iothub_senior", "data_format": "1"}
    made = client.post("/products/new/", form)
    change = {"form_token": str(uuid4()), "product_name": "Lantern", "description": ""}
    edited = client.post(f"{made['Location']}edit/", change)
    return {"product": made.status_code, "edit": edited.status_code}


def ended(row: Any, has_ended: Callable[[], bool]) -> str:
    """The state that a worker brought a row to."""
    deadline = time.monotonic() + LIMIT_S
    while not has_ended() and time.monotonic() < deadline:
        time.sleep(0.05)
        row.refresh_from_db()
    return str(row.state)


if __name__ == "__main__":
    main()
