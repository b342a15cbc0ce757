"""The vendors' own signers, imported without the warnings of what they bring along."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from alibabacloud_tea_openapi.utils import Utils
    from aliyunsdkcore.auth.composer import rpc_signature_composer
    from darabonba.request import DaraRequest


def old_rpc_v1(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """RPC v1 by aliyun-python-sdk-core."""
    compose: Callable[..., str] = rpc_signature_composer.__dict__["__compose_string_to_sign"]
    sign: Callable[..., str] = rpc_signature_composer.__dict__["__get_signature"]
    return sign(compose(method, dict(parameters)), secret)


def new_rpc_v1(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """RPC v1 by alibabacloud-tea-openapi."""
    return str(Utils.get_rpcsignature(dict(parameters), method, secret))


def new_acs3(method: str, parameters: Mapping[str, str], headers: Mapping[str, str], key: tuple[str, str]) -> str:
    """The Authorization header of ACS3 by alibabacloud-tea-openapi."""
    request: Any = DaraRequest()
    request.method, request.pathname = method, "/"
    request.query, request.headers = dict(parameters), dict(headers)
    payload = headers["x-acs-content-sha256"]
    return str(Utils.get_authorization(request, "ACS3-HMAC-SHA256", payload, key[0], key[1]))
