"""Writing of what a platform showed into the cache; the only place that does."""

from datetime import datetime
from typing import Any, cast

from django.db.models import BigIntegerField, Field, Model

from console.models import Account, Category, Module, Product, User
from console.platforms import types
from console.platforms.rules import fold
from console.services.accounts import sealer

# A row of QueryProductList shows fewer attributes than QueryProduct: what it lacks is kept.
_OF_A_LIST = ("product_name", "node_type", "data_format", "description", "auth_type", "device_count")
_TEXTS = (
    "product_name",
    "description",
    "aliyun_commodity_code",
    "auth_type",
    "category_key",
    "category_name",
    "net_type",
    "protocol_type",
    "product_status",
)
_VALUES = ("node_type", "data_format", "id2", "owner", "validate_type", "device_count")


def store_product(
    account: Account, shown: types.Product, *, at: datetime, by: str, created_by: User | None = None
) -> Product:
    """The row of a product that the platform showed in full at `at`; `by` names the sync or operation."""
    product = _product_row(account, shown, at)
    if _is_newer(product, at):
        return product
    for name in (*_TEXTS, *_VALUES):
        setattr(product, name, _fitting(product, name, getattr(shown, name)))
    if shown.product_secret:
        product.sealed_product_secret = sealer().seal(shown.product_secret, place=product.place_of_secret)
    product.created_by = product.created_by or created_by
    return _verified(product, shown, at, by)


def store_listed_product(account: Account, shown: types.Product, *, at: datetime, by: str) -> Product:
    """The row of a product that a list showed, which leaves out most attributes."""
    product = _product_row(account, shown, at)
    if _is_newer(product, at):
        return product
    for name in _OF_A_LIST:
        setattr(product, name, _fitting(product, name, getattr(shown, name)))
    return _verified(product, shown, at, by)


def _product_row(account: Account, shown: types.Product, at: datetime) -> Product:
    found = Product.objects.select_for_update().filter(account=account, product_key=shown.product_key).first()
    return found or Product(account=account, product_key=shown.product_key, created_at=shown.created_at or at)


def _is_newer(row: Product | Module, at: datetime) -> bool:
    """Whether the row was verified after what is to be stored was asked for: then it is not overwritten."""
    return bool(row.verified_at and row.verified_at > at)


def _verified(product: Product, shown: types.Product, at: datetime, by: str) -> Product:
    product.remote_created_at = shown.created_at or product.remote_created_at
    product.created_at = product.remote_created_at or product.created_at
    product.verified_at, product.verified_by, product.vanished_at = at, by, None
    product.save()
    return product


def _fitting(row: Model, name: str, value: str | int | None) -> str | int | None:
    """What fits the column: a platform may show more than its documents allow, and PostgreSQL refuses the row then."""
    field = cast("Field[Any, Any]", row._meta.get_field(name))  # noqa: SLF001  public in all but its name
    if isinstance(value, str):
        return value[: field.max_length]
    if value is None or isinstance(field, BigIntegerField) or abs(value) < 2**31:
        return value
    return None


def store_module(
    product: Product, shown: types.Module, *, at: datetime, by: str, created_by: User | None = None
) -> Module:
    """The row of a module that the platform showed; names that differ by case only are one module."""
    folded = fold(shown.module_name)[:64]
    found = Module.objects.filter(product=product, folded_name=folded).first()
    module = found or Module(product=product, folded_name=folded, created_at=shown.created_at or at)
    if _is_newer(module, at):
        return module
    for name in ("module_name", "alias_name", "desc"):
        setattr(module, name, _fitting(module, name, getattr(shown, name)))
    module.remote_created_at = shown.created_at or module.remote_created_at
    module.remote_modified_at = shown.modified_at or module.remote_modified_at
    module.created_at = module.remote_created_at or module.created_at
    if module.vanished_at:
        module.created_by = None  # a new one under the old name: who made the old one says nothing of it
    module.created_by = module.created_by or created_by
    module.verified_at, module.verified_by, module.vanished_at = at, by, None
    module.save()
    return module


def store_modules(product: Product, shown: tuple[types.Module, ...], *, at: datetime, by: str) -> None:
    """All modules of a product: the list is never paged, so what it does not show is gone."""
    for module in shown:
        store_module(product, module, at=at, by=by)
    Module.objects.filter(product=product, vanished_at=None, verified_at__lt=at).update(vanished_at=at)
    Product.objects.filter(pk=product.pk).update(modules_verified_at=at)
    product.modules_verified_at = at


def store_categories(account: Account, shown: tuple[types.Category, ...], *, at: datetime) -> None:
    """The thing templates of an account, in place of the ones known before."""
    for category in shown:
        Category.objects.update_or_create(
            account=account,
            category_key=category.category_key[:128],
            defaults={"category_name": category.category_name[:128], "verified_at": at},
        )
    Category.objects.filter(account=account, verified_at__lt=at).delete()


def mark_gone(product: Product, *, at: datetime) -> None:
    """The platform says that the product does not exist (any more), and so neither do its modules."""
    Module.objects.filter(product=product, vanished_at=None).update(vanished_at=at)
    Product.objects.filter(pk=product.pk, vanished_at=None).update(vanished_at=at)
    product.refresh_from_db(fields=["vanished_at"])
