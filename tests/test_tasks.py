"""What the workers are given to do, as they do it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import Failure, OrmQ

from console import tasks
from console.models import Account, Operation, Session, SyncRun, User
from console.sandbox.server import Sandbox
from console.services import heartbeat
from console.services.sealed_sessions import SessionStore, row_key_of
from tests import make


def lost_create(account: Account, actor: User, sandbox: Sandbox) -> Operation:
    """A create whose answer got lost and whose look-up is due."""
    sandbox.control.add_fault("drop_after", "CreateProduct")
    with pytest.raises(AssertionError, match="unknown"):
        make.created_product(account, actor)
    Operation.objects.update(next_look_at=timezone.now())
    return Operation.objects.get()


def stalled_sync(account: Account) -> SyncRun:
    long_ago = timezone.now() - timedelta(minutes=2)
    return SyncRun.objects.create(account=account, started_at=long_ago, touched_at=long_ago)


def queued() -> list[tuple[str, tuple[str, ...]]]:
    return [(waiting.func(), waiting.args()) for waiting in OrmQ.objects.order_by("id")]


def test_reconcile_shows_that_the_worker_lives(db: None):
    tasks.reconcile()
    assert not heartbeat.is_late()


def test_reconcile_settles_and_goes_on(alibaba: Account, pm: User, sandbox: Sandbox):
    operation, run = lost_create(alibaba, pm, sandbox), stalled_sync(alibaba)
    tasks.reconcile()
    operation.refresh_from_db()
    assert operation.state == "adopted"
    assert queued() == [("console.tasks.sync_step", (str(run.pk),))]


def test_reconcile_may_be_delivered_twice(alibaba: Account, pm: User, sandbox: Sandbox):
    lost_create(alibaba, pm, sandbox)
    tasks.reconcile()
    told = make.trail()
    tasks.reconcile()
    assert make.trail() == told


def test_sync_all_starts_one_of_each_account(alibaba: Account, tuya: Account):
    tasks.sync_all()
    tasks.sync_all()
    assert SyncRun.objects.filter(state="running", started_by=None).count() == 2
    assert len(queued()) == 2


def test_tidy_deletes_what_is_over_and_nothing_else(as_pm: Client, db: None):
    now = timezone.now()
    for name, age in {"old": timedelta(days=2), "new": timedelta(hours=2)}.items():
        Failure.objects.create(id=name, name=name, func="f", started=now, stopped=now - age, success=False)
    SessionStore().save()
    kept = row_key_of(as_pm.session.session_key)
    Session.objects.exclude(pk=kept).update(expire_date=now - timedelta(days=1))
    tasks.tidy()
    assert Failure.objects.get().name == "new"
    assert Session.objects.get().pk == kept


def test_a_step_queues_the_next_one_until_nothing_is_left(alibaba: Account, pm: User):
    for number in range(3):
        make.created_product(alibaba, pm, f"Light_{number}")
    tasks.sync_all()
    run = SyncRun.objects.get()
    OrmQ.objects.all().delete()
    tasks.sync_step(str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.products_read, queued()) == ("complete", 3, [])
