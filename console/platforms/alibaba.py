"""The dialect of Alibaba Cloud IoT Platform."""

from console.platforms.dialect import Dialect
from console.platforms.operations import Operation
from console.platforms.types import Connection


def _method(_connection: Connection, operation: Operation) -> str:
    return operation.method


def _account_parameters(connection: Connection) -> dict[str, str]:
    return {"IotInstanceId": connection.iot_instance_id} if connection.iot_instance_id else {}


def _rpc_parameters(connection: Connection) -> dict[str, str]:
    return {"RegionId": connection.region} if connection.region else {}


DIALECT = Dialect(method=_method, account_parameters=_account_parameters, rpc_parameters=_rpc_parameters)
