"""What goes around every answer: the platform's envelope, and the gateway's own."""

from __future__ import annotations

from typing import Any

from console.sandbox.backend import Payload
from console.sandbox.dialects import ALIBABA, Dialect
from console.sandbox.errors import BusinessError, GatewayError

Envelope = dict[str, Any]
HELP_PAGE = "https://api.aliyun.com/troubleshoot"


def success(payload: Payload, request_id: str, dialect: Dialect) -> Envelope:
    """Wrap what an operation returned; samples of Tuya carry a blank Code as well."""
    blank = {"Code": ""} if dialect.blank_code else {}
    return {**blank, **payload, "RequestId": request_id, "Success": True}


def refusal(error: BusinessError, request_id: str) -> Envelope:
    """Wrap a business error (Alibaba: Error codes; its HTTP status is 200)."""
    return {
        "RequestId": request_id,
        "Success": False,
        "Code": error.code,
        "ErrorMessage": error.message,
    }


def gateway_refusal(error: GatewayError, request_id: str, dialect: Dialect, region: str) -> Envelope:
    """Wrap a gateway error (Alibaba: Common error codes). Tuya shows none, so that one is invented."""
    envelope = {"RequestId": request_id, "Code": error.code, "Message": error.message}
    if dialect is ALIBABA:
        envelope["HostId"] = f"iot.{region}.aliyuncs.com"
        envelope["Recommend"] = f"{HELP_PAGE}?q={error.code}&product=Iot&requestId={request_id}"
    return envelope
