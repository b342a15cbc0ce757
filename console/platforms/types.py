"""What is sent to a platform and what comes back: frozen values with no behaviour but their own validity."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from console.platforms.addresses import Reach
from console.platforms.endpoints import check_endpoint, is_loopback_endpoint

T = TypeVar("T")


class Platform(StrEnum):
    ALIBABA = "alibaba"
    TUYA = "tuya"


class SignatureScheme(StrEnum):
    RPC_V1 = "rpc-v1"
    ACS3 = "acs3"


class Outcome(StrEnum):
    """What is known of a call once it ended (docs/protocol.md, "Outcomes")."""

    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One access key pair. The id travels in a header, so only visible ASCII without a comma is taken."""

    access_key_id: str
    access_key_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError, never naming the key, when a part cannot be signed with."""
        if not re.fullmatch(r"[!-+\--~]+", self.access_key_id):
            raise ValueError("The access key id must be visible ASCII characters without a comma.")
        if not self.access_key_secret or not self.access_key_secret.isprintable():
            raise ValueError("The access key secret is empty or has characters that cannot be typed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: to get a connection, between two pieces of an answer, and for the whole call."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0

    def __post_init__(self) -> None:
        """Raise ValueError when one of them is not a positive time."""
        if not all(0 < seconds < 3600 for seconds in (self.connect_s, self.read_s, self.total_s)):
            raise ValueError("Every time-out must be more than 0 and less than 3600 seconds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where and how one account of a platform is reached; `http_method` "" means the dialect's own choice."""

    platform: Platform
    endpoint: str
    region: str = ""
    iot_instance_id: str = ""
    scheme: SignatureScheme = SignatureScheme.RPC_V1
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_response_bytes: int = 2_000_000
    verify_tls: bool = True
    http_method: str = ""
    reach: Reach = Reach.LOOPBACK

    def __post_init__(self) -> None:
        """Raise ValueError for an endpoint or a combination that no call could use safely."""
        check_endpoint(self.endpoint)
        if not self.verify_tls and not is_loopback_endpoint(self.endpoint):
            raise ValueError("TLS verification can only be switched off for a loopback address.")
        if self.platform is Platform.TUYA and self.scheme is not SignatureScheme.RPC_V1:
            raise ValueError("Tuya documents only the RPC v1 signature.")
        if self.http_method not in {"", "GET", "POST"}:
            raise ValueError("The HTTP method must be GET, POST or left empty.")
        if self.http_method and self.platform is not Platform.TUYA:
            raise ValueError("The HTTP method can only be chosen for Tuya: Alibaba fixes it per operation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSpec:
    """The parameters of CreateProduct; "" and None are left out of the call (Alibaba: CreateProduct)."""

    product_name: str
    node_type: int
    data_format: int | None = None
    description: str = ""
    aliyun_commodity_code: str = ""
    id2: bool | None = None
    protocol_type: str = ""
    net_type: str = ""
    join_permission_id: str = ""
    resource_group_id: str = ""
    auth_type: str = ""
    category_key: str = ""
    publish_auto: bool | None = None
    validate_type: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChange:
    """The parameters of UpdateProduct; a description of None is left out (Alibaba: UpdateProduct)."""

    product_key: str
    product_name: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """The parameters of CreateOTAModule and UpdateOTAModule; None is left out (Alibaba: CreateOTAModule)."""

    product_key: str
    module_name: str
    alias_name: str | None = None
    desc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as a platform tells it: absent text is "", an absent number, flag or time is None."""

    product_key: str
    product_name: str = ""
    node_type: int | None = None
    data_format: int | None = None
    description: str = ""
    aliyun_commodity_code: str = ""
    auth_type: str = ""
    category_key: str = ""
    category_name: str = ""
    net_type: str = ""
    protocol_type: str = ""
    product_status: str = ""
    id2: bool | None = None
    owner: bool | None = None
    validate_type: int | None = None
    device_count: int | None = None
    created_at: datetime | None = None
    product_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """One page of QueryProductList; pages count from 1."""

    current_page: int
    page_size: int
    page_count: int
    total: int
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """An OTA module as a platform tells it; times are UTC."""

    product_key: str
    module_name: str
    alias_name: str = ""
    desc: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A predefined thing model template (Alibaba: ListThingTemplates)."""

    category_key: str
    category_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What the platform answered, with the RequestId that its support asks for."""

    value: T
    request_id: str
