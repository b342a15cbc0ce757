"""The clients that are compared, each made by a function that does all of its own importing.

Run as a program in a fresh process it measures one of them and prints the figures as JSON:

    python -m tests.bench.callers CALLER OPERATION PORT CALLS
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

KEY_ID, SECRET, PRODUCT_KEY = "LTAIbench", "bench-secret", "a1FlqIQ0000"
WARM_UP_CALLS = 20
Calls = Mapping[str, Callable[[], object]]


def ours(port: int, scheme: str) -> Calls:
    from console.platforms.client import PlatformClient
    from console.platforms.types import Connection, Credentials, ModuleSpec, Platform, SignatureScheme

    endpoint, chosen = f"http://127.0.0.1:{port}", SignatureScheme(scheme)
    connection = Connection(platform=Platform.ALIBABA, endpoint=endpoint, region="cn-shanghai", scheme=chosen)
    client = PlatformClient(connection, Credentials(access_key_id=KEY_ID, access_key_secret=SECRET))
    spec = ModuleSpec(product_key=PRODUCT_KEY, module_name="barcodeScanner", desc="The scanner's firmware.")
    return {
        "read": lambda: client.list_ota_modules(PRODUCT_KEY),
        "write": lambda: client.create_ota_module(spec),
    }


def ours_acs3(port: int) -> Calls:
    return ours(port, "acs3")


def ours_rpc_v1(port: int) -> Calls:
    return ours(port, "rpc-v1")


def official_new(port: int) -> Calls:
    from alibabacloud_iot20180120 import models
    from alibabacloud_iot20180120.client import Client
    from alibabacloud_tea_openapi.utils_models import Config

    client = Client(
        Config(access_key_id=KEY_ID, access_key_secret=SECRET, endpoint=f"127.0.0.1:{port}", protocol="http")
    )
    read = models.ListOTAModuleByProductRequest(product_key=PRODUCT_KEY)
    write = models.CreateOTAModuleRequest(
        product_key=PRODUCT_KEY, module_name="barcodeScanner", desc="The scanner's firmware."
    )
    return {
        "read": lambda: client.list_otamodule_by_product(read),
        "write": lambda: client.create_otamodule(write),
    }


def official_old(port: int) -> Calls:
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkiot.request.v20180120.CreateOTAModuleRequest import CreateOTAModuleRequest
    from aliyunsdkiot.request.v20180120.ListOTAModuleByProductRequest import ListOTAModuleByProductRequest

    client = AcsClient(KEY_ID, SECRET, "cn-shanghai", port=port)

    def read() -> object:
        request = ListOTAModuleByProductRequest()
        request.set_endpoint("127.0.0.1")
        request.set_ProductKey(PRODUCT_KEY)
        return client.do_action_with_exception(request)

    def write() -> object:
        request = CreateOTAModuleRequest()
        request.set_endpoint("127.0.0.1")
        request.set_ProductKey(PRODUCT_KEY)
        request.set_ModuleName("barcodeScanner")
        request.set_Desc("The scanner's firmware.")
        return client.do_action_with_exception(request)

    return {"read": read, "write": write}


def nobody(_port: int) -> Calls:
    """The bare interpreter, whose memory is not the clients'."""
    return {"read": lambda: None, "write": lambda: None}


CALLERS: Mapping[str, Callable[[int], Calls]] = {
    "ours, acs3": ours_acs3,
    "ours, rpc-v1": ours_rpc_v1,
    "official new": official_new,
    "official old": official_old,
    "nobody": nobody,
}


def measure(caller: str, operation: str, port: int, calls: int) -> dict[str, float]:
    """Times in seconds, memory in KiB, of one caller in this process."""
    started = time.perf_counter()
    call = CALLERS[caller](port)[operation]
    constructed = time.perf_counter()
    call()
    answered = time.perf_counter()
    for _ in range(WARM_UP_CALLS):
        call()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(calls):
        call()
    return {
        "wall_s": (time.perf_counter() - wall) / calls,
        "cpu_s": (time.process_time() - cpu) / calls,
        "construct_s": constructed - started,
        "first_answer_s": answered - started,
        "rss_kib": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
