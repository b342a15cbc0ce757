"""What speaks against a write of a product: the platform's rules and what the cache knows."""

from console.models import Account, Product
from console.platforms.rules import Finding, check_product, check_product_change
from console.platforms.types import Platform, ProductChange, ProductSpec
from console.services.rules import broken


def findings_for_new(account: Account, spec: ProductSpec) -> list[Finding]:
    """Everything that speaks against a new product, or is worth a warning."""
    findings = check_product(Platform(account.platform), spec, region=account.region)
    return [*findings, *_if_taken(account, spec.product_name)]


def findings_for_change(product: Product, change: ProductChange) -> list[Finding]:
    """Everything that speaks against an edit of a product."""
    findings = check_product_change(Platform(product.account.platform), change)
    if product.vanished_at:
        findings.append(broken("console.gone", f"“{product}” is gone from the platform already."))
    return [*findings, *_if_taken(product.account, change.product_name, but=product)]


def _if_taken(account: Account, name: str, but: Product | None = None) -> list[Finding]:
    named = Product.objects.filter(account=account, product_name=name, vanished_at=None)
    twin = (named.exclude(pk=but.pk) if but else named).first()
    if not twin:
        return []
    message = f"“{twin.product_name}” exists in this account already, as {twin.product_key}."
    return [broken("console.product_name.taken", message, field="product_name")]
