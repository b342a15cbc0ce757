"""What the platforms' documents ask of a request, checked before it is sent (docs/protocol.md, "Rules").

An ERROR breaks every published rule, so the platform would refuse it. Where documents disagree or say
nothing the finding is a WARNING and the platform decides.
"""

from console.platforms.rules.fields import applicable_product_fields
from console.platforms.rules.findings import Finding, Severity
from console.platforms.rules.module import DEFAULT_MODULE, MAX_CUSTOM_MODULES, check_module
from console.platforms.rules.names import fold, product_name_length
from console.platforms.rules.product import check_product, check_product_change, check_product_key

__all__ = [
    "DEFAULT_MODULE",
    "MAX_CUSTOM_MODULES",
    "Finding",
    "Severity",
    "applicable_product_fields",
    "check_module",
    "check_product",
    "check_product_change",
    "check_product_key",
    "fold",
    "product_name_length",
]
