from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.models import Account, Heartbeat, Operation, User
from console.sandbox.server import Sandbox
from console.services import heartbeat, modules, syncs
from console.services.overview import Figures, figures
from tests import make


def create_module(product: object, actor: User, name: str) -> None:
    modules.create(product=product, spec=make.module_spec(product, name), form_token=uuid4(), actor=actor)


def test_the_figures_count_what_they_say(alibaba: Account, pm: User, sandbox: Sandbox):
    product = make.created_product(alibaba, pm)
    create_module(product, pm, "wifi")
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    create_module(product, pm, "ble")
    assert figures(reader=pm) == Figures(unsettled=1, products=1, modules=1, near_limit=0, accounts=1)


def test_a_week_is_seven_days(alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    Operation.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    assert figures(reader=pm).created == 0


def test_near_the_limit_is_nine_custom_modules_that_are_there(alibaba: Account, pm: User):
    nine, eight, gone = (make.cached_product(alibaba, name) for name in ("Nine_of", "Eight_of", "Gone_of"))
    for number in range(9):
        make.cached_module(nine, f"module_{number}")
        make.cached_module(gone, f"module_{number}")
        make.cached_module(eight, f"module_{number}", vanished_at=timezone.now() if number == 8 else None)
    make.cached_module(eight, "default")
    type(gone).objects.filter(pk=gone.pk).update(vanished_at=timezone.now())
    assert figures(reader=pm).near_limit == 1


def test_a_fresh_console_leads_to_the_first_product(as_pm: Client, alibaba: Account):
    page = as_pm.get("/").content.decode()
    assert "No products yet" in page
    assert 'href="/products/new/"' in page


def test_without_an_account_an_admin_is_led_to_the_first_one(as_admin: Client, as_pm: Client):
    assert 'href="/accounts/new/"' in as_admin.get("/").content.decode()
    page = as_pm.get("/").content.decode()
    assert "An administrator enters one" in page
    assert "/accounts/new/" not in page


def test_it_shows_accounts_and_what_happened_last(as_auditor: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    syncs.step(syncs.start(account=alibaba, actor=pm).pk)
    page = as_auditor.get("/").content.decode()
    for text in ("Alibaba test", "complete", "create product", "Light_Living", "just now"):
        assert text in page
    assert "No products yet" not in page


def test_others_see_only_what_they_did_themselves(as_viewer: Client, alibaba: Account, pm: User):
    make.created_product(alibaba, pm)
    page = as_viewer.get("/").content.decode()
    assert "What you did last" in page
    assert "create product" not in page
    assert "Sync</button>" not in page


def test_an_account_is_as_fresh_as_its_latest_complete_sync(as_pm: Client, alibaba: Account, pm: User):
    assert "never verified" in as_pm.get("/").content.decode()
    run = syncs.start(account=alibaba, actor=pm)
    syncs.step(run.pk)
    assert "fresh-stale" not in as_pm.get("/").content.decode()
    type(run).objects.update(started_at=timezone.now() - timedelta(hours=2))
    assert "fresh-stale" in as_pm.get("/").content.decode()


def test_a_failed_sync_makes_nothing_fresh(as_pm: Client, pm: User, alibaba: Account, sandbox: Sandbox):
    sandbox.control.add_fault("error_before", "QueryProductList")
    syncs.step(syncs.start(account=alibaba, actor=pm).pk)
    page = as_pm.get("/").content.decode()
    assert "failed" in page
    assert "never verified" in page


def test_queries_do_not_grow_with_accounts_and_products(as_pm: Client, pm: User):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_pm.get("/")
        return len(captured)

    def fill(prefix: str, times: int) -> None:
        for number in range(times):
            account = make.account(slug=f"{prefix}-{number}")
            syncs.start(account=account, actor=pm)
            make.cached_module(make.cached_product(account))

    fill("few", 2)
    few = queries()
    fill("many", 10)
    assert queries() == few


def test_it_says_that_no_worker_is_alive_and_what_waits_for_one(
    as_pm: Client, as_admin: Client, alibaba: Account, pm: User, sandbox: Sandbox
):
    product = make.created_product(alibaba, pm)
    sandbox.control.add_fault("drop_after", "CreateOTAModule")
    create_module(product, pm, "ble")
    syncs.start(account=alibaba, actor=pm)
    assert "No background worker has been alive yet." in as_pm.get("/").content.decode()
    Heartbeat.objects.create(machine="somewhere", at=timezone.now() - timedelta(minutes=12))
    page = " ".join(as_pm.get("/").content.decode().split())
    assert "No background worker has been alive since" in page
    assert "12 min ago" in page
    assert "1 unsettled operation and 1 sync wait for one." in page
    assert "An administrator can start one again." in page
    assert "bin/run" in as_admin.get("/").content.decode()


def test_one_thing_waits(as_pm: Client, alibaba: Account, pm: User):
    syncs.start(account=alibaba, actor=pm)
    assert "1 sync waits for one." in " ".join(as_pm.get("/").content.decode().split())


def test_with_a_worker_there_is_nothing_to_say(as_pm: Client):
    heartbeat.beat()
    assert "background worker" not in as_pm.get("/").content.decode()


def test_htmx_gets_the_content_only(as_pm: Client):
    assert as_pm.get("/", headers=make.HTMX).content.decode().lstrip().startswith('<div id="overview"')


def test_anonymous_is_sent_to_sign_in(client: Client, db: None):
    assert client.get("/")["Location"] == "/auth/login/?next=/"


def test_it_cannot_be_posted_to(as_pm: Client):
    assert as_pm.post("/").status_code == 405
