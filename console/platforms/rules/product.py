"""The rules for products (Alibaba: CreateProduct, UpdateProduct)."""

from console.platforms.capabilities import capabilities
from console.platforms.rules.alphabet import Alphabet
from console.platforms.rules.findings import Finding, error, warning
from console.platforms.rules.interplay import check_choices, check_interplay
from console.platforms.rules.names import is_foreign_letter, product_name_length
from console.platforms.types import Platform, ProductChange, ProductSpec

MIN_PRODUCT_NAME, MAX_PRODUCT_NAME = 4, 30
MAX_DESCRIPTION = 100
# No length is published; this only stops what was pasted by mistake.
MAX_PRODUCT_KEY = 64

_PRODUCT_NAME = Alphabet(
    field="product_name",
    rule="alibaba.product_name",
    subject="Alibaba: a product name",
    words="letters, digits, “_”, “-”, “@”, “(”, “)” and Chinese characters",
    agreed="_",
    disputed="-@()",
    chinese_disputed=True,
)


def check_product(platform: Platform, spec: ProductSpec, *, region: str = "") -> list[Finding]:
    """Find all that is wrong with a new product; `region` is the account's, "" when it is not known."""
    if not capabilities(platform).create_product:
        return [_made_elsewhere("create")]
    return [
        *_check_name(spec.product_name),
        *_check_description(spec.description),
        *check_choices(spec),
        *check_interplay(spec, region),
    ]


def check_product_change(platform: Platform, change: ProductChange) -> list[Finding]:
    """Find all that is wrong with a change of a product's name or description."""
    if not capabilities(platform).update_product:
        return [_made_elsewhere("change")]
    found = check_product_key(platform, change.product_key)
    found += _check_name(change.product_name)
    if change.description == "":
        text = "Alibaba: the documents do not say that a description can be emptied. It may be refused."
        found.append(warning("description", "alibaba.description.empty", text))
    return found + _check_description(change.description or "")


def check_product_key(platform: Platform, key: str) -> list[Finding]:
    """Find what cannot be a ProductKey; its form is not published, so only plain mistakes are found."""
    if key and len(key) <= MAX_PRODUCT_KEY and key.isascii() and key.isprintable() and " " not in key:
        return []
    text = f"{platform.title()}: a ProductKey is one word of letters and digits, as in the vendor's console."
    return [error("product_key", f"{platform}.product_key.form", text)]


def _made_elsewhere(verb: str) -> Finding:
    text = f"Tuya: its API cannot {verb} products. Do it in Tuya's console, then register the ProductKey here."
    return error("", "tuya.product.unsupported", text)


def _check_name(name: str) -> list[Finding]:
    return [*_check_name_length(name), *_PRODUCT_NAME.check(name)]


def _check_name_length(name: str) -> list[Finding]:
    length = product_name_length(name)
    if MIN_PRODUCT_NAME <= length <= MAX_PRODUCT_NAME:
        return []
    text = (
        f"Alibaba: a product name has {MIN_PRODUCT_NAME} to {MAX_PRODUCT_NAME} characters, "
        f"a Chinese character counting as two; this one has {length}."
    )
    # Only letters whose weight nobody published can make the name fit after all.
    may_fit = any(map(is_foreign_letter, name)) and len(name) <= MAX_PRODUCT_NAME < length
    found = warning if may_fit else error
    return [found("product_name", "alibaba.product_name.length", text)]


def _check_description(description: str) -> list[Finding]:
    if len(description) <= MAX_DESCRIPTION:
        return []
    text = f"Alibaba: a description has at most {MAX_DESCRIPTION} characters; this one has {len(description)}."
    return [error("description", "alibaba.description.length", text)]
