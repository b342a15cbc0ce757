"""The dialect of Tuya's private instances ("Hedwig on Cloud").

Every example Tuya prints is a GET, writes included, so that is the default; neither an instance id nor a
region is among its parameters.
"""

from console.platforms.dialect import Dialect
from console.platforms.operations import Operation
from console.platforms.types import Connection


def _method(connection: Connection, _operation: Operation) -> str:
    return connection.http_method or "GET"


def _no_parameters(_connection: Connection) -> dict[str, str]:
    return {}


DIALECT = Dialect(method=_method, account_parameters=_no_parameters, rpc_parameters=_no_parameters)
