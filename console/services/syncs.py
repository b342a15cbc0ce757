"""Syncs: an account's products page by page, then the modules of each, in steps that are safe to run twice."""

import random
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django_q.tasks import async_task

from console.models import Account, Outcome, Product, SyncRun, SyncState, User
from console.platforms.capabilities import capabilities
from console.platforms.client import PlatformClient
from console.platforms.errors import PlatformError, Throttled
from console.platforms.types import Answer, Platform, ProductPage
from console.services import audit, cache
from console.services.accounts import client_for, take_turns
from console.services.products import GONE

Value = TypeVar("Value")

PAGE_SIZE = 50
STEP_S = 15.0
READ_ATTEMPTS = 6
STALLED_AFTER_S = 30
ABANDONED_AFTER_S = 600


class OvertakenError(Exception):
    """Another worker, to which the same step was delivered, was faster and goes on with it."""


def start(*, account: Account, actor: User | None) -> SyncRun:
    """A running sync of the account, handed to the worker: the one under way, if there is one."""
    _give_up_abandoned(account)
    try:
        with transaction.atomic():
            now = timezone.now()
            run = SyncRun.objects.create(account=account, started_by=actor, started_at=now, touched_at=now)
            _tell(run, Outcome.REQUESTED)
    except IntegrityError:
        run = SyncRun.objects.filter(account=account).latest("started_at")
        if not is_stalled(run):
            return run
    # By name, since the tasks stand above the services.
    async_task("console.tasks.sync_step", str(run.pk))
    return run


def is_stalled(run: SyncRun) -> bool:
    """Whether a running sync has not moved for so long that no worker can be at it."""
    limit = timezone.now() - timedelta(seconds=STALLED_AFTER_S)
    return run.state == SyncState.RUNNING and run.touched_at < limit


def step(run_id: UUID, *, page_size: int = PAGE_SIZE, budget_s: float = STEP_S) -> bool:
    """Read on until about `budget_s` seconds are over, once at least; True when there is more to do. Where it
    stands is in the row, so a step that died is simply taken again.
    """
    run = SyncRun.objects.select_related("account", "started_by").get(pk=run_id)
    if run.state != SyncState.RUNNING:
        return False
    until = time.monotonic() + budget_s
    try:
        with client_for(run.account) as client:
            while _read_on(run, client, page_size):
                if time.monotonic() >= until:
                    return True
        _finish(run)
    except PlatformError as error:
        _end(run, SyncState.FAILED, problem=error.message or error.reason, code=error.code)
    except OvertakenError:
        pass  # the other one goes on, and has the next step queued
    return False


def _read_on(run: SyncRun, client: PlatformClient, page_size: int) -> bool:
    return _read_modules(run, client) if run.pages_complete else _read_page(run, client, page_size)


def _read_page(run: SyncRun, client: PlatformClient, size: int) -> bool:
    at = timezone.now()
    answer: Answer[ProductPage] = _patiently(lambda: client.query_product_list(run.next_page, size))
    page = answer.value
    with transaction.atomic():
        _hold(run)
        for shown in page.products:
            cache.store_listed_product(run.account, shown, at=at, by="sync")
        if run.products_total not in (None, page.total):
            # Something was created or deleted meanwhile and rows moved between pages: one may have been missed.
            run.problem = "The list changed while it was read, so what it did not show is not marked as gone."
        run.products_total = page.total
        run.products_read += len(page.products)
        run.pages_read += 1
        run.next_page += 1
        run.pages_complete = not page.products or run.products_read >= page.total
        if run.products_read < page.total and run.pages_complete:
            run.problem = "The list ended before its total, so what it did not show is not marked as gone."
        _save(run, "products_total", "products_read", "pages_read", "next_page", "pages_complete", "problem")
    return True


def _read_modules(run: SyncRun, client: PlatformClient) -> bool:
    product = _next_product(run)
    if product is None:
        return False
    at = timezone.now()
    try:
        answer = _patiently(lambda: client.list_ota_modules(product.product_key))
    except PlatformError as error:
        if error.code.lower() != GONE:
            raise
        with transaction.atomic():
            _hold(run)
            cache.mark_gone(product, at=at)
        return True
    with transaction.atomic():
        _hold(run)
        cache.store_modules(product, answer.value, at=at, by="sync")
        run.products_done += 1
        run.modules_read += len(answer.value)
        _save(run, "products_done", "modules_read")
    return True


def _next_product(run: SyncRun) -> Product | None:
    """A product whose modules this sync has not read yet: those shown by it, or registered by hand before."""
    present = Product.objects.filter(account=run.account, vanished_at=None)
    if not run.problem:
        present = present.filter(verified_at__gte=run.started_at)
    unread = present.exclude(modules_verified_at__gte=run.started_at)
    return unread.order_by("product_name", "id").first()


def _finish(run: SyncRun) -> None:
    if run.problem:
        _end(run, SyncState.INCOMPLETE, problem=run.problem)
        return
    with transaction.atomic():
        take_turns(run.account)
        unseen = Product.objects.filter(account=run.account, vanished_at=None, verified_at__lt=run.started_at)
        for product in unseen:
            cache.mark_gone(product, at=timezone.now())
        _end(run, SyncState.COMPLETE)
    if capabilities(Platform(run.account.platform)).thing_templates:
        refresh_categories(run.account)


def refresh_categories(account: Account) -> bool:
    """Read the thing templates; False when the platform did not show them, and the known ones stay."""
    at = timezone.now()
    try:
        with client_for(account) as client:
            answer = client.list_thing_templates()
    except PlatformError:
        return False
    with transaction.atomic():
        cache.store_categories(account, answer.value, at=at)
    return True


def _patiently(read: Callable[[], Answer[Value]]) -> Answer[Value]:
    """A read, again after each throttling answer, with a growing pause: a read may be repeated."""
    for attempt in range(READ_ATTEMPTS - 1):
        try:
            return read()
        except Throttled as error:
            pause_s = error.retry_after_s or random.uniform(0.2, 0.5 * 2**attempt)  # noqa: S311  jitter
            time.sleep(min(pause_s, 5.0))
    return read()


def _hold(run: SyncRun) -> None:
    """Lock account and run for the rest of the transaction. Raise OvertakenError when it stands elsewhere by now:
    a page that two workers count would end the sync before its last page, and mark what is on that one as gone.
    """
    take_turns(run.account)
    stored = SyncRun.objects.select_for_update().get(pk=run.pk)
    if (stored.state, stored.pages_read, stored.products_done) != (run.state, run.pages_read, run.products_done):
        raise OvertakenError


def _save(run: SyncRun, *fields: str) -> None:
    run.touched_at = timezone.now()
    run.save(update_fields=[*fields, "touched_at"])


def _end(run: SyncRun, state: SyncState, *, problem: str = "", code: str = "") -> None:
    with transaction.atomic():
        ended = SyncRun.objects.filter(pk=run.pk, state=SyncState.RUNNING).update(
            state=state, problem=problem, finished_at=timezone.now()
        )
        if ended:
            run.refresh_from_db()
            _tell(run, _OUTCOMES[state], message=problem, code=code)


_OUTCOMES = {
    SyncState.COMPLETE: Outcome.DONE,
    SyncState.INCOMPLETE: Outcome.DONE,
    SyncState.FAILED: Outcome.UNREADABLE,
}


def _tell(run: SyncRun, outcome: Outcome, *, message: str = "", code: str = "") -> None:
    audit.append(
        audit.Event(
            action="account.sync",
            outcome=outcome,
            actor=run.started_by,
            account=run.account,
            target=run.account,
            parameters={
                "sync": str(run.pk),
                "products": str(run.products_read),
                "modules": str(run.modules_read),
            },
            code=code,
            message=message,
        )
    )


def _give_up_abandoned(account: Account) -> None:
    """A sync that nobody has moved for long lost its worker: it must not keep the next one from starting."""
    limit = timezone.now() - timedelta(seconds=ABANDONED_AFTER_S)
    for run in SyncRun.objects.filter(account=account, state=SyncState.RUNNING, touched_at__lt=limit):
        _end(run, SyncState.FAILED, problem="Its worker stopped before the end.")


def latest_of(accounts: Iterable[Account]) -> dict[UUID, SyncRun]:
    """The latest sync of each account, in one query."""
    newest = SyncRun.objects.filter(account=OuterRef("pk")).order_by("-started_at").values("pk")[:1]
    known = Account.objects.filter(pk__in=[account.pk for account in accounts])
    runs = SyncRun.objects.filter(pk__in=known.annotate(newest=Subquery(newest)).values("newest"))
    return {run.account_id: run for run in runs}


def verified_at_of(accounts: Iterable[Account]) -> dict[UUID, datetime]:
    """When each account was read completely for the last time: as fresh as the beginning of that sync."""
    complete = SyncRun.objects.filter(account__in=list(accounts), state=SyncState.COMPLETE)
    return dict(complete.values_list("account").annotate(Max("started_at")).order_by())
