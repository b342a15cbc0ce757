"""What the pages of products need beside their forms."""

from typing import Any

from console.forms.product import ProductForm
from console.models import Account, Category, Product, User
from console.platforms.capabilities import capabilities
from console.platforms.client import Preview, preview
from console.platforms.rules import Finding, Severity
from console.platforms.types import Platform, ProductSpec
from console.services import visibility
from console.services.accounts import connection_of
from console.services.problems import NOTHING_SENT, Problem
from console.services.product_rules import findings_for_new
from console.services.products import find_open_create


def accounts_for(reader: User) -> list[Account]:
    """The accounts that a person may see, in the order of the slugs."""
    return list(visibility.accounts_of(reader).order_by("slug"))


def can_create(account: Account) -> bool:
    """Whether products are made through the platform's API."""
    return capabilities(Platform(account.platform)).create_product


def can_update(account: Account) -> bool:
    """Whether products are changed through the platform's API."""
    return capabilities(Platform(account.platform)).update_product


def new_product_page(form: ProductForm, *, reader: User, filling_in: bool) -> dict[str, Any]:
    """The page around the form of a new product; `filling_in` shows at once what is wrong with what is there."""
    account, spec = form.chosen_account, form.spec
    findings = findings_for_new(account, spec)
    form.add_findings(finding for finding in findings if _shows_now(form, finding, filling_in=filling_in))
    return {
        "form": form,
        "account": account,
        "twin": find_open_create(account, spec.product_name) if spec.product_name else None,
        "sent": _preview(account, spec),
        "has_others": any(not can_create(other) for other in accounts_for(reader)),
        "categories": Category.objects.filter(account=account).order_by("category_key"),
    }


def _shows_now(form: ProductForm, finding: Finding, *, filling_in: bool) -> bool:
    """Warnings always. When the form is sent, errors come from the service; before, only of what has been typed."""
    if finding.severity is Severity.WARNING:
        return True
    return filling_in and finding.field in form.fields and bool(form[finding.field].value())


def _preview(account: Account, spec: ProductSpec) -> Preview | None:
    """What would be sent; None while the account's own settings cannot be used."""
    try:
        return preview(connection_of(account), "CreateProduct", spec)
    except ValueError:
        return None


def why_not_edited(product: Product) -> Problem | None:
    """Why a product cannot be edited here, None when it can."""
    if product.vanished_at:
        return Problem(title="This product is gone from the platform, so it cannot be edited.", changed=NOTHING_SENT)
    if not can_update(product.account):
        return Problem(
            title="This platform's API cannot change products.",
            changed=NOTHING_SENT,
            next="Change it in the vendor's own console, then refresh the product here.",
        )
    return None
