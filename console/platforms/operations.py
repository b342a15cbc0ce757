"""The remote operations: how each is called and how often (docs/protocol.md, "Operations")."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# A page of QueryProductList that starts this deep has a quota of its own.
DEEP_LIST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One remote operation.

    `capability` is the field of Capabilities that says whether a platform has it, `qps` the vendor's limit
    of calls a second, shared by the whole cloud account.
    """

    action: str
    method: str
    capability: str
    writes: bool
    qps: int


CREATE_PRODUCT = Operation("CreateProduct", "POST", "create_product", writes=True, qps=50)
UPDATE_PRODUCT = Operation("UpdateProduct", "POST", "update_product", writes=True, qps=10)
DELETE_PRODUCT = Operation("DeleteProduct", "POST", "delete_product", writes=True, qps=500)
QUERY_PRODUCT = Operation("QueryProduct", "POST", "query_product", writes=False, qps=50)
QUERY_PRODUCT_LIST = Operation("QueryProductList", "POST", "query_product_list", writes=False, qps=50)
CREATE_OTA_MODULE = Operation("CreateOTAModule", "POST", "create_module", writes=True, qps=10)
UPDATE_OTA_MODULE = Operation("UpdateOTAModule", "POST", "update_module", writes=True, qps=10)
DELETE_OTA_MODULE = Operation("DeleteOTAModule", "POST", "delete_module", writes=True, qps=10)
LIST_OTA_MODULES = Operation("ListOTAModuleByProduct", "GET", "list_modules", writes=False, qps=10)
LIST_THING_TEMPLATES = Operation("ListThingTemplates", "POST", "thing_templates", writes=False, qps=5)

_ALL = (
    CREATE_PRODUCT, UPDATE_PRODUCT, DELETE_PRODUCT, QUERY_PRODUCT, QUERY_PRODUCT_LIST,
    CREATE_OTA_MODULE, UPDATE_OTA_MODULE, DELETE_OTA_MODULE, LIST_OTA_MODULES, LIST_THING_TEMPLATES,
)  # fmt: skip
OPERATIONS = MappingProxyType({operation.action: operation for operation in _ALL})

# Calls a second of each quota group; a group is an action, but for the deep pages of one list.
QUOTA_GROUPS = MappingProxyType({operation.action: operation.qps for operation in _ALL} | {"QueryProductList.deep": 2})


def quota_group_of(operation: Operation, parameters: Mapping[str, str]) -> str:
    """Name the quota group of a call by its parameters as they are sent."""
    page, size = (int(parameters.get(name, "1")) for name in ("CurrentPage", "PageSize"))
    return quota_group(operation.action, current_page=page, page_size=size)


def quota_group(action: str, *, current_page: int = 1, page_size: int = 1) -> str:
    """Name the quota group that a call of `action` counts against (Alibaba: QueryProductList, QPS limits)."""
    deep = action == QUERY_PRODUCT_LIST.action and current_page * page_size >= DEEP_LIST_ROWS
    return f"{action}.deep" if deep else action
