"""The gateway: what is checked, in which order, before a call reaches the platform behind it.

The vendor publishes no order. This one looks for the API first, identifies the caller next and checks the
nonce only after the signature, so that nobody without the secret can use up nonces.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime

from console.sandbox import errors, signatures
from console.sandbox.backend import Settings
from console.sandbox.calls import ACS3_HEADERS, Call
from console.sandbox.dialects import ALIBABA_VERSIONS
from console.sandbox.errors import GatewayError
from console.sandbox.limits import RateLimiter, quota_group
from console.sandbox.nonces import Nonces
from console.sandbox.operations import OPERATIONS, Operation
from console.sandbox.verification import check_signature

WINDOW_S = 900
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
METHODS = {"rpc": "HMAC-SHA1", "acs3": signatures.ACS3}


class Gate:
    """Admits calls for a set of access keys (id -> secret)."""

    def __init__(self, keys: Mapping[str, str], limiter: RateLimiter, nonces: Nonces, settings: Settings) -> None:
        self._keys = dict(keys)
        self._limiter = limiter
        self._nonces = nonces
        self._settings = settings

    def admit(self, call: Call) -> None:
        """Let a call pass that may run its operation; raises GatewayError for the first check that fails."""
        operation = _find_operation(call)
        _check_method(call, operation)
        _check_common(call)
        _check_time(call.common["Timestamp"])
        check_signature(call, self._find_secret(call.common["AccessKeyId"]))
        self._check_nonce(call)
        self._check_quota(call)
        _check_required(call, operation)

    def _find_secret(self, key_id: str) -> str:
        if key_id not in self._keys:
            raise GatewayError("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
        if key_id in self._settings.disabled_keys:
            raise GatewayError("InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
        return self._keys[key_id]

    def _check_nonce(self, call: Call) -> None:
        if not self._nonces.remember(call.owner, call.common["SignatureNonce"], int(time.time())):
            raise errors.nonce_used()

    def _check_quota(self, call: Call) -> None:
        if not self._limiter.admit(call.owner, quota_group(call.action, call.parameters)):
            raise errors.throttled()


def _find_operation(call: Call) -> Operation:
    if call.request.path != "/":
        raise errors.api_not_found()
    if not call.action:
        raise errors.missing_common("Action")
    operation = OPERATIONS.get(call.action)
    if operation is None or not call.dialect.offers(call.action):
        raise errors.api_not_found()
    version = call.common.get("Version")
    if version and version not in ALIBABA_VERSIONS:
        raise errors.invalid_parameter("Version")
    return operation


def _check_method(call: Call, operation: Operation) -> None:
    allowed = ("GET", "POST") if call.dialect.any_method else operation.methods
    if call.method not in allowed:
        raise GatewayError("UnsupportedHTTPMethod", "This http method is not supported.")


def _check_common(call: Call) -> None:
    for name, shown in _mandatory(call).items():
        if not call.common.get(name):
            raise errors.missing_common(shown)
    if call.common["SignatureMethod"].upper() != METHODS[call.scheme]:
        raise GatewayError("InvalidSignatureMethod", "Specified signature method is not valid.")
    if call.scheme == "rpc" and call.common.get("SignatureVersion", "1.0") != "1.0":
        raise errors.invalid_parameter("SignatureVersion")


def _mandatory(call: Call) -> dict[str, str]:
    """Return the mandatory common parameters with the names under which this scheme sends them."""
    if call.scheme == "rpc":
        return {name: name for name in call.dialect.common}
    return {**ACS3_HEADERS, "AccessKeyId": "Authorization", "Signature": "Authorization"}


def _check_time(timestamp: str) -> None:
    if abs(time.time() - _read_time(timestamp)) > WINDOW_S:
        raise GatewayError("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def _read_time(timestamp: str) -> float:
    malformed = GatewayError("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
    if not TIMESTAMP.fullmatch(timestamp):
        raise malformed
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError as error:
        raise malformed from error


def _check_required(call: Call, operation: Operation) -> None:
    for name in operation.required:
        if name not in call.parameters:
            raise errors.missing_business(name)
