"""The steps of a sync: an account's products page by page, then the modules of each. Each is safe to run twice."""

import random
import time
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.models import Lane, Product, SyncRun, SyncState
from console.platforms.capabilities import capabilities
from console.platforms.client import PlatformClient
from console.platforms.errors import NotSent, PlatformError, Throttled, Unsupported
from console.platforms.types import Answer, Platform, ProductPage
from console.services import cache, categories
from console.services.accounts import client_for
from console.services.product_deeds import is_gone
from console.services.readings import SYNC, Reading
from console.services.sync_runs import OvertakenError, end, hold, is_idle_for, save

Value = TypeVar("Value")

PAGE_SIZE = 50
STEP_S = 15.0
READ_ATTEMPTS = 3
ABANDONED_AFTER_S = 600

LIST_CHANGED = "The list changed while it was read, so what it did not show is not marked as missing."
LIST_ENDED = "The list ended before its total, so what it did not show is not marked as missing."


def step(run_id: UUID, *, page_size: int = PAGE_SIZE, budget_s: float = STEP_S) -> bool:
    """Read on until about `budget_s` seconds are over, once at least; True when the next step can follow at once.
    Where it stands is in the row, so a step that died is simply taken again.
    """
    run = SyncRun.objects.select_related("account", "started_by").get(pk=run_id)
    if run.state != SyncState.RUNNING:
        return False
    try:
        client = client_for(run.account, lane=Lane.SYNC)
    except NotSent as error:
        return _fail(run, error)
    with client:
        return _step(run, client, page_size, until=time.monotonic() + budget_s)


def _step(run: SyncRun, client: PlatformClient, page_size: int, *, until: float) -> bool:
    try:
        while _read_on(run, client, page_size):
            if time.monotonic() >= until:
                return True
        _finish(run)
    except PlatformError as error:
        return False if _may_go_on_later(run, error) else _fail(run, error)
    except OvertakenError:
        pass  # whoever was faster has the next step queued, or has ended it
    return False


def _fail(run: SyncRun, error: PlatformError) -> bool:
    end(run, SyncState.FAILED, problem=error.message or error.reason, code=error.code)
    return False


def _may_go_on_later(run: SyncRun, error: PlatformError) -> bool:
    """Whether the platform did not even try and may do so soon: its quota is used up, or it is out of reach. The
    run is taken up again after a while, unless it has not moved for long.
    """
    held_up = isinstance(error, NotSent | Throttled) and not isinstance(error, Unsupported)
    return held_up and not is_idle_for(run, ABANDONED_AFTER_S)


def _read_on(run: SyncRun, client: PlatformClient, page_size: int) -> bool:
    return _read_modules(run, client) if run.pages_complete else _read_page(run, client, page_size)


def _read_page(run: SyncRun, client: PlatformClient, size: int) -> bool:
    reading = _reading(run)
    answer: Answer[ProductPage] = _patiently(lambda: client.query_product_list(run.next_page, size))
    with transaction.atomic():
        hold(run)
        cache.store_page(reading, answer.value.products)
        _count_page(run, answer.value)
        save(run, "products_total", "products_read", "pages_read", "next_page", "pages_complete", "problem")
    return True


def _count_page(run: SyncRun, page: ProductPage) -> None:
    if run.products_total not in (None, page.total):
        # Something was created or deleted meanwhile and rows moved between pages: one may have been missed.
        run.problem = LIST_CHANGED
    run.products_total = page.total
    run.products_read += len(page.products)
    run.pages_read += 1
    run.next_page += 1
    run.pages_complete = not page.products or run.products_read >= page.total
    if run.pages_complete and run.products_read < page.total:
        run.problem = LIST_ENDED


def _read_modules(run: SyncRun, client: PlatformClient) -> bool:
    product = find_unread(run).order_by("product_name", "id").first()
    if product is None:
        return False
    reading = _reading(run)
    try:
        answer = _patiently(lambda: client.list_ota_modules(product.product_key))
    except PlatformError as error:
        if not is_gone(error):
            raise
        with transaction.atomic():
            hold(run)
            cache.mark_gone(product, at=reading.at, by=SYNC, sync=run)
        return True
    with transaction.atomic():
        hold(run)
        cache.store_modules(product, answer.value, at=reading.at, by=SYNC, sync=run)
        run.products_done += 1
        run.modules_read += len(answer.value)
        save(run, "products_done", "modules_read")
    return True


def find_unread(run: SyncRun) -> QuerySet[Product]:
    """The products whose modules this sync has still to read: those that it was shown, or all when it cannot be
    sure that it was shown all.
    """
    present = Product.objects.filter(account=run.account, vanished_at=None)
    if not run.problem:
        present = present.filter(verified_at__gte=run.started_at)
    return present.exclude(modules_verified_at__gte=run.started_at)


def _reading(run: SyncRun) -> Reading:
    return Reading(account=run.account, at=timezone.now(), by=SYNC, sync=run)


def _finish(run: SyncRun) -> None:
    if run.problem:
        end(run, SyncState.INCOMPLETE, problem=run.problem)
        return
    with transaction.atomic():
        hold(run)
        cache.settle_unseen_products(_reading(run), since=run.started_at)
        end(run, SyncState.COMPLETE)
    if capabilities(Platform(run.account.platform)).thing_templates:
        categories.refresh(run.account)


def _patiently(read: Callable[[], Answer[Value]]) -> Answer[Value]:
    """A read, again after a throttling answer, with a growing pause: the calls wait for their slot before that."""
    for attempt in range(READ_ATTEMPTS - 1):
        try:
            return read()
        except Throttled as error:
            pause_s = error.retry_after_s or random.uniform(0.5, 1.0) * (attempt + 1)  # noqa: S311  jitter
            time.sleep(min(pause_s, 5.0))
    return read()
