"""One method per remote operation: sign, send once, decode, and say how it ended."""

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from console.lib.redact import redact
from console.platforms import operations, results
from console.platforms.capabilities import require
from console.platforms.decode import MalformedError, Object
from console.platforms.endpoints import parse_endpoint
from console.platforms.envelope import Envelope, open_envelope
from console.platforms.errors import PlatformError, Unknown, Unreadable
from console.platforms.gate import Gate, open_gate
from console.platforms.operations import Operation
from console.platforms.parameters import Preview, parameters_of, preview, spec_of
from console.platforms.reply import Reply
from console.platforms.signed_request import SignedRequest, sign_request
from console.platforms.types import (
    Answer,
    Category,
    Connection,
    Credentials,
    Module,
    ModuleSpec,
    Outcome,
    Product,
    ProductChange,
    ProductPage,
    ProductSpec,
)

if TYPE_CHECKING:
    from console.platforms.transport import Transport

__all__ = ["PlatformClient", "Preview", "parameters_of", "preview", "spec_of"]

log = logging.getLogger("console.platforms")
T = TypeVar("T")


class PlatformClient:
    """Calls one account of one platform, from one thread at a time.

    Every method sends at most one request and raises a PlatformError when it was not answered with
    success: Refused, Throttled, NotSent, Unsupported, for writes Unknown, for reads Unreadable.
    Every request passes `gate`, which may hold it back or refuse it.
    """

    def __init__(self, connection: Connection, credentials: Credentials, gate: Gate = open_gate) -> None:
        self._connection = connection
        self._credentials = credentials
        self._gate = gate
        self._transport: Transport | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection; the next call would make a new one."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def create_product(self, spec: ProductSpec) -> Answer[Product]:
        """Create a product (Alibaba: CreateProduct)."""
        return self._call(operations.CREATE_PRODUCT, parameters_of(spec), results.created_product)

    def update_product(self, change: ProductChange) -> Answer[None]:
        """Change a product's name and description (Alibaba: UpdateProduct)."""
        return self._call(operations.UPDATE_PRODUCT, parameters_of(change), results.nothing)

    def delete_product(self, product_key: str) -> Answer[None]:
        """Delete a product (Alibaba: DeleteProduct)."""
        return self._call(operations.DELETE_PRODUCT, {"ProductKey": product_key}, results.nothing)

    def query_product(self, product_key: str) -> Answer[Product]:
        """Read one product with all its attributes (Alibaba, Tuya: QueryProduct)."""
        return self._call(operations.QUERY_PRODUCT, {"ProductKey": product_key}, results.queried_product)

    def query_product_list(
        self, current_page: int, page_size: int = 200, aliyun_commodity_code: str = ""
    ) -> Answer[ProductPage]:
        """Read one page, counted from 1, of at most 200 products (Alibaba, Tuya: QueryProductList)."""
        parameters = {"CurrentPage": str(current_page), "PageSize": str(page_size)}
        if aliyun_commodity_code:
            parameters["AliyunCommodityCode"] = aliyun_commodity_code
        return self._call(operations.QUERY_PRODUCT_LIST, parameters, results.product_page)

    def create_ota_module(self, spec: ModuleSpec) -> Answer[None]:
        """Create an OTA module (Alibaba, Tuya: CreateOTAModule)."""
        return self._call(operations.CREATE_OTA_MODULE, parameters_of(spec), results.nothing)

    def update_ota_module(self, spec: ModuleSpec) -> Answer[None]:
        """Change an OTA module's alias and description (Alibaba, Tuya: UpdateOTAModule)."""
        return self._call(operations.UPDATE_OTA_MODULE, parameters_of(spec), results.nothing)

    def delete_ota_module(self, product_key: str, module_name: str) -> Answer[None]:
        """Delete an OTA module (Alibaba, Tuya: DeleteOTAModule)."""
        parameters = {"ProductKey": product_key, "ModuleName": module_name}
        return self._call(operations.DELETE_OTA_MODULE, parameters, results.nothing)

    def list_ota_modules(self, product_key: str) -> Answer[tuple[Module, ...]]:
        """Read all OTA modules of a product (Alibaba, Tuya: ListOTAModuleByProduct)."""
        decode = partial(results.modules, product_key=product_key)
        return self._call(operations.LIST_OTA_MODULES, {"ProductKey": product_key}, decode)

    def list_thing_templates(self) -> Answer[tuple[Category, ...]]:
        """Read the predefined product categories (Alibaba: ListThingTemplates)."""
        return self._call(operations.LIST_THING_TEMPLATES, {}, results.categories)

    def _call(self, operation: Operation, parameters: dict[str, str], decode: Callable[[Object], T]) -> Answer[T]:
        require(self._connection.platform, operation)
        started = time.monotonic()
        try:
            reply, envelope = self._ask(operation, parameters)
            value = _decode(decode, envelope, reply, writes=operation.writes)
        except PlatformError as error:
            self._log(operation, started, error.outcome, error.http_status, error.request_id)
            raise
        self._log(operation, started, Outcome.DONE, reply.status, envelope.request_id)
        return Answer(value=value, request_id=envelope.request_id)

    def _ask(self, operation: Operation, parameters: dict[str, str]) -> tuple[Reply, Envelope]:
        with self._gate(operations.quota_group_of(operation, parameters)):
            return self._exchange(operation, parameters)

    def _exchange(self, operation: Operation, parameters: dict[str, str]) -> tuple[Reply, Envelope]:
        # Signed behind the gate: a signature made before a long wait would be old when it arrives.
        nonce, now = os.urandom(16).hex(), datetime.now(UTC)
        request = sign_request(self._connection, self._credentials, operation, parameters, nonce=nonce, at=now)
        reply = self._carrier().send(request, writes=operation.writes)
        clean = partial(redact, secrets=self._secrets(request))
        return reply, open_envelope(reply, writes=operation.writes, clean=clean)

    def _carrier(self) -> "Transport":
        """Load the HTTP stack with the first call: it is most of the start-up time, and many never call."""
        if self._transport is None:
            from console.platforms.transport import Transport  # noqa: PLC0415

            self._transport = Transport(self._connection)
        return self._transport

    def _secrets(self, request: SignedRequest) -> tuple[str, ...]:
        return self._credentials.access_key_secret, self._credentials.access_key_id, request.signature

    def _log(self, operation: Operation, started: float, outcome: Outcome, status: int | None, request_id: str) -> None:
        log.info(
            "action=%s host=%s outcome=%s http_status=%s ms=%d request_id=%s",
            operation.action,
            parse_endpoint(self._connection.endpoint).authority,
            outcome,
            status or "-",
            (time.monotonic() - started) * 1000,
            request_id or "-",
        )


def _decode(decode: Callable[[Object], T], envelope: Envelope, reply: Reply, *, writes: bool) -> T:
    try:
        return decode(envelope.fields)
    except MalformedError as problem:
        lost = Unknown if writes else Unreadable
        raise lost(str(problem), request_id=envelope.request_id, http_status=reply.status) from None
