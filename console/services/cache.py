"""Writing of what a platform showed into the cache: the only place that does, and the one where drift is noticed."""

from collections.abc import Iterable
from datetime import datetime

from console.models import Account, Module, Product, SyncRun, User
from console.platforms import types
from console.platforms.rules import fold
from console.services import cache_rows, drift
from console.services.accounts import sealer
from console.services.cache_rows import fill, is_here, is_newer, settle_unseen, verify
from console.services.readings import REFRESH, Reading

# A row of QueryProductList shows fewer attributes than QueryProduct: what it lacks is kept.
_OF_A_LIST = ("product_name", "node_type", "data_format", "description", "auth_type", "device_count")
_OF_A_PRODUCT = (
    *_OF_A_LIST,
    "aliyun_commodity_code",
    "category_key",
    "category_name",
    "net_type",
    "protocol_type",
    "product_status",
    "id2",
    "owner",
    "validate_type",
)
_OF_A_MODULE = ("module_name", "alias_name", "desc")


def store_product(
    account: Account, shown: types.Product, *, at: datetime, by: str, created_by: User | None = None
) -> Product:
    """The row of a product that the platform showed in full at `at`; `by` names the reading or the operation."""
    return _store(Reading(account=account, at=at, by=by), shown, _OF_A_PRODUCT, created_by)


def store_page(reading: Reading, shown: Iterable[types.Product]) -> None:
    """The rows of products that a list showed, which leaves out most attributes."""
    for product in shown:
        _store(reading, product, _OF_A_LIST, None)


def _store(reading: Reading, shown: types.Product, names: tuple[str, ...], created_by: User | None) -> Product:
    product = _product_row(reading, shown)
    if is_newer(product, reading.at):
        return product
    was_here, came_back = is_here(product), bool(product.vanished_at)
    before = fill(product, shown, names, reading)
    if shown.product_secret:
        product.sealed_product_secret = sealer().seal(shown.product_secret, place=product.place_of_secret)
    product.created_by = product.created_by or created_by
    product.remote_created_at = shown.created_at or product.remote_created_at
    product.created_at = product.remote_created_at or product.created_at
    if came_back:
        product.modules_verified_at = None  # what it has now is read for the first time
    verify(product, reading)
    drift.found_changed(reading, product, before=before)
    # Who enters a product knows of it.
    if not was_here and not created_by and (came_back or reading.has_baseline):
        drift.found_new(reading, product)
    return product


def _product_row(reading: Reading, shown: types.Product) -> Product:
    known = Product.objects.select_for_update().filter(account=reading.account, product_key=shown.product_key).first()
    created_at = shown.created_at or reading.at
    return known or Product(account=reading.account, product_key=shown.product_key, created_at=created_at)


def store_module(
    product: Product, shown: types.Module, *, at: datetime, by: str, created_by: User | None = None
) -> Module:
    """The row of a module that the platform showed; names that differ by case only are one module."""
    return _store_module(Reading(account=product.account, at=at, by=by), product, shown, created_by)


def store_modules(
    product: Product, shown: Iterable[types.Module], *, at: datetime, by: str, sync: SyncRun | None = None
) -> None:
    """All modules of a product: the list is never paged, so what it does not show is missing, and the next time gone.
    The first list of a product is where drift is measured from.
    """
    reading = Reading(account=product.account, at=at, by=by, sync=sync)
    known = Product.objects.filter(pk=product.pk)
    has_baseline = known.exclude(modules_verified_at=None).exists()
    for module in shown:
        _store_module(reading, product, module, None, has_baseline=has_baseline)
    settle_unseen(reading, Module.objects.filter(product=product), since=at)
    known.update(modules_verified_at=at)
    product.modules_verified_at = at


def _store_module(
    reading: Reading, product: Product, shown: types.Module, created_by: User | None, *, has_baseline: bool = False
) -> Module:
    module = _module_row(reading, product, shown)
    if is_newer(module, reading.at) or (module.vanished_at and reading.lags_behind_deletion(module)):
        return module
    was_here = is_here(module)
    before = fill(module, shown, _OF_A_MODULE, reading)
    module.remote_created_at = shown.created_at or module.remote_created_at
    module.remote_modified_at = shown.modified_at or module.remote_modified_at
    module.created_at = module.remote_created_at or module.created_at
    # A new one under an old name: who made the old one says nothing of it.
    module.created_by = (module.created_by if was_here else None) or created_by
    verify(module, reading)
    drift.found_changed(reading, module, before=before)
    if not was_here and has_baseline:
        drift.found_new(reading, module)
    return module


def _module_row(reading: Reading, product: Product, shown: types.Module) -> Module:
    folded = fold(shown.module_name)[:64]
    known = Module.objects.select_related("product").filter(product=product, folded_name=folded).first()
    return known or Module(product=product, folded_name=folded, created_at=shown.created_at or reading.at)


def settle_unseen_products(reading: Reading, *, since: datetime) -> None:
    """After a list of all products that began at `since` ended: what it did not show is missing, or gone."""
    settle_unseen(reading, Product.objects.filter(account=reading.account), since=since)


def mark_gone(product: Product, *, at: datetime, by: str = REFRESH, sync: SyncRun | None = None) -> None:
    """The platform says that the product does not exist (any more): that is proof, and holds for its modules too."""
    cache_rows.mark_gone(Reading(account=product.account, at=at, by=by, sync=sync), product)
    product.refresh_from_db(fields=["vanished_at"])
