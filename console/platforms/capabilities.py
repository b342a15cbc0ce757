"""What each platform can and cannot do."""

from dataclasses import dataclass
from types import MappingProxyType

from console.platforms.errors import Unsupported
from console.platforms.operations import Operation
from console.platforms.types import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Which operations a platform documents."""

    create_product: bool = True
    update_product: bool = True
    delete_product: bool = True
    query_product: bool = True
    query_product_list: bool = True
    create_module: bool = True
    update_module: bool = True
    delete_module: bool = True
    list_modules: bool = True
    thing_templates: bool = True


_CAPABILITIES = MappingProxyType(
    {
        Platform.ALIBABA: Capabilities(),
        Platform.TUYA: Capabilities(
            create_product=False, update_product=False, delete_product=False, thing_templates=False
        ),
    }
)


def capabilities(platform: Platform) -> Capabilities:
    """What the platform can do (docs/protocol.md, "Tuya")."""
    return _CAPABILITIES[platform]


def require(platform: Platform, operation: Operation) -> None:
    """Raise Unsupported when the platform documents no such operation."""
    if not getattr(capabilities(platform), operation.capability):
        raise Unsupported(f"{platform.title()} offers no {operation.action}. Nothing was sent.")
