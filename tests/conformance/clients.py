"""The official clients behind one face: call an action, get the decoded answer or a RefusedError."""

import importlib
import json
from typing import Any
from urllib.parse import urlsplit

from alibabacloud_iot20180120 import models
from alibabacloud_iot20180120.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from aliyunsdkcore.acs_exception import exceptions as old_exceptions
from aliyunsdkcore.client import AcsClient
from darabonba.runtime import RuntimeOptions

KEY, SECRET = "sandbox-id", "sandbox-secret"
METHODS = {name.replace("_", ""): name for name in dir(Client)}


class RefusedError(Exception):
    """A gateway error, as the client at hand tells it."""

    def __init__(self, kind: str, code: str, status: int, request_id: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.kind, self.code, self.status = kind, code, status
        self.request_id, self.message = request_id, message


class OldClient:
    """aliyun-python-sdk-core with aliyun-python-sdk-iot: RPC v1, answers as bytes."""

    nonce = "aliyunsdkcore.utils.parameter_helper.get_uuid"

    def __init__(self, url: str, key: str = KEY, secret: str = SECRET) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname
        self.client = AcsClient(key, secret, "cn-shanghai", port=parts.port)

    def request(self, action: str, parameters: dict[str, Any]) -> Any:
        module = importlib.import_module(f"aliyunsdkiot.request.v20180120.{action}Request")
        request = getattr(module, f"{action}Request")()
        request.set_endpoint(self.host)
        for name, value in parameters.items():
            getattr(request, f"set_{name}")(value)
        return request

    def call(self, action: str, method: str = "", **parameters: Any) -> dict[str, Any]:
        request = self.request(action, parameters)
        if method:
            request.set_method(method)
        try:
            return json.loads(self.client.do_action_with_exception(request))
        except old_exceptions.ServerException as error:
            raise RefusedError(
                type(error).__name__,
                error.get_error_code(),
                error.get_http_status(),
                error.get_request_id(),
                error.get_error_msg(),
            ) from error

    def call_plainly(self, action: str, **parameters: Any) -> bytes:
        """Call without choosing a format, as old programs do."""
        return self.client.do_action(self.request(action, parameters))


class NewClient:
    """alibabacloud-iot20180120: ACS3, or RPC v1 with signature_algorithm v2; answers as typed models."""

    algorithm: str | None = None
    nonce = "alibabacloud_tea_openapi.utils.Utils.get_nonce"

    def __init__(self, url: str, key: str = KEY, secret: str = SECRET) -> None:
        self.client = Client(
            Config(
                access_key_id=key,
                access_key_secret=secret,
                endpoint=urlsplit(url).netloc,
                protocol="http",
                signature_algorithm=self.algorithm,
            )
        )

    def call(self, action: str, method: str = "", **parameters: Any) -> dict[str, Any]:
        try:
            if method:
                return self.call_by_name(action, method, parameters)
            request = getattr(models, f"{action}Request")().from_map(parameters)
            response = getattr(self.client, METHODS[action.lower()])(request)
            return response.body.to_map()
        except (ClientException, ServerException) as error:
            raise RefusedError(
                type(error).__name__, error.code, error.status_code, error.request_id, error.message
            ) from error

    def call_by_name(self, action: str, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        params = Params(
            action=action,
            version="2018-01-20",
            protocol="HTTP",
            pathname="/",
            method=method,
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        query = {name: str(value) for name, value in parameters.items()}
        return self.client.call_api(params, OpenApiRequest(query=query), RuntimeOptions())["body"]


class NewClientV2(NewClient):
    algorithm = "v2"


CLIENTS = {"rpc-old": OldClient, "acs3-new": NewClient, "rpc-new": NewClientV2}
