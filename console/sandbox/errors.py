"""What a platform answers when it refuses: the gateway's errors and the business codes, each with its text.

    SandboxError
    ├── GatewayError    HTTP 4xx or 5xx, text in `Message`
    └── BusinessError   HTTP 200 with Success=false, text in `ErrorMessage`

Where the vendor publishes no code, one is invented: every code in `INVENTED` is marked so by the word
`sandbox` in it, and a client must not depend on any of them.
"""

from __future__ import annotations


class SandboxError(Exception):
    """Base of everything the sandbox refuses with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class GatewayError(SandboxError):
    """The API gateway turned the request away before any business logic ran.

    Source: Alibaba: Common error codes, API gateway.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.status = status


class BusinessError(SandboxError):
    """The platform understood the request and refused it (Alibaba: Error codes)."""

    def __init__(self, code: str) -> None:
        super().__init__(code, MESSAGES[code])


def missing_common(name: str) -> GatewayError:
    """A common parameter is absent; name is the parameter's."""
    text = f'The input parameter "{name}" that is mandatory for processing this request is not supplied.'
    return GatewayError("MissingParameter", text)


def missing_business(name: str) -> GatewayError:
    """A parameter of the operation itself is absent; name is the parameter's."""
    return GatewayError(f"Missing{name}", f"{name} is mandatory for this action.")


def invalid_parameter(name: str) -> GatewayError:
    """A parameter cannot be read as its type; name is the parameter's."""
    return GatewayError(f"Invalid{name}", f"Specified parameter {name} is not valid.")


def api_not_found() -> GatewayError:
    """No such action on this platform, or not at this path."""
    text = "Specified api is not found, please check your url and method."
    return GatewayError("InvalidAction.NotFound", text, 404)


def throttled() -> GatewayError:
    """The account's queries per second are used up."""
    return GatewayError("Throttling.User", "Request was denied due to user flow control.")


def nonce_used() -> GatewayError:
    """The SignatureNonce was seen before."""
    return GatewayError("SignatureNonceUsed", "Specified signature nonce was used already.")


def server_failure(status: int) -> GatewayError:
    """A failure of the server itself; status is the HTTP status, 500 to 599."""
    if status == 503:
        text = "The request has failed due to a temporary failure of the server."
        return GatewayError("ServiceUnavailable", text, status)
    text = "The request processing has failed due to some unknown error."
    return GatewayError("InternalError", text, status)


# Name and text are the vendor's.
PUBLISHED = {
    "iot.system.SystemException": "An internal error occurred. Try again later.",
    "iot.common.InvalidPageParams": "The specified pagination size or pagination parameter is invalid.",
    "iot.prod.NullProductKey": "The ProductKey parameter cannot be empty.",
    "iot.prod.InvalidFormattedProductkey": "The ProductKey format is invalid.",
    "iot.prod.NotExistedProduct": "The specified product does not exist.",
    "iot.prod.InvalidProductAuthType": "The product authentication type is invalid.",
    "iot.ota.InvalidOtaModuleName": "the format of module name is invalid.",
    "iot.ota.NullOtaModuleName": "the module name can not be empty.",
}

# The name is the vendor's, the text is not published in a stable form.
NAMED = {
    "iot.prod.AlreadyExistedProductName": "The product name already exists.",
    "iot.prod.InvalidFormattedProductName": "The format of the product name is invalid.",
    "iot.prod.NullProductName": "The product name cannot be empty.",
    "iot.prod.LongProductDesc": "The product description exceeds 100 characters.",
    "iot.prod.InvalidNodeType": "The node type is invalid.",
    "iot.prod.InvalidAliyunCommodityCode": "The edition of the product is invalid.",
    "iot.prod.InvalidFormattedCatId": "The category of the product is invalid.",
    "iot.prod.NotOpenID2Service": "IoT Internet Device ID is not available in this region.",
    "iot.prod.ProductCountExceedMax": "The number of products exceeds the upper limit of 1000.",
}

# x-sandbox-invented: nothing is published for these cases.
INVENTED = {
    "iot.prod.sandbox.DataFormatRequired": "DataFormat is required for iothub_senior.",
    "iot.prod.sandbox.InvalidDataFormat": "DataFormat must be 0 or 1.",
    "iot.prod.sandbox.InvalidProtocolType": "ProtocolType must be modbus, opc-ua, customize, ble or zigbee.",
    "iot.prod.sandbox.InvalidNetType": "NetType must be WIFI, CELLULAR, ETHERNET, LORA or OTHER.",
    "iot.prod.sandbox.InvalidValidateType": "ValidateType must be 1 or 2.",
    "iot.prod.sandbox.JoinPermissionIdRequired": "JoinPermissionId is required when NetType is LORA.",
    "iot.prod.sandbox.ProductHasDevices": "A product that still has devices cannot be deleted.",
    "iot.ota.sandbox.ModuleNameExisted": "The module name already exists in the product.",
    "iot.ota.sandbox.ModuleCountExceedMax": "A product can have at most 10 custom modules.",
    "iot.ota.sandbox.ModuleNotFound": "The specified module does not exist.",
    "iot.ota.sandbox.DefaultModuleForbidden": "The default module cannot be created, changed or deleted.",
    "iot.ota.sandbox.ModuleHasFirmware": "A module that contains update packages cannot be deleted.",
    "iot.ota.sandbox.InvalidAliasName": "The format of the module alias is invalid.",
    "iot.ota.sandbox.DescTooLong": "The module description exceeds 100 characters.",
}

MESSAGES = {**PUBLISHED, **NAMED, **INVENTED}
