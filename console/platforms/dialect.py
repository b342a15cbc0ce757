"""What differs between the platforms in how a request is put together."""

from collections.abc import Callable
from dataclasses import dataclass

from console.platforms.operations import Operation
from console.platforms.types import Connection

API_VERSION = "2018-01-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One platform's way: its HTTP method, its own parameters, and those only RPC v1 carries."""

    method: Callable[[Connection, Operation], str]
    account_parameters: Callable[[Connection], dict[str, str]]
    rpc_parameters: Callable[[Connection], dict[str, str]]
