"""Somebody else with a key of the same cloud account: calls evenly, whatever the answers are, and knows no console.

    python -m tests.bench.quota_stranger ENDPOINT CALLS_A_SECOND SECONDS PRODUCT_KEY...

Writes the outcome of each call on a line.
"""

from __future__ import annotations

import itertools
import sys
import time

from console.platforms.client import PlatformClient
from console.platforms.errors import PlatformError
from console.platforms.types import Connection, Credentials, ModuleSpec, Platform, SignatureScheme


def main(endpoint: str, per_second: float, seconds: float, products: list[str]) -> None:
    connection = Connection(
        platform=Platform.ALIBABA, endpoint=endpoint, region="cn-shanghai", scheme=SignatureScheme.ACS3
    )
    credentials = Credentials(access_key_id="sandbox-id", access_key_secret="sandbox-secret")
    started = time.monotonic()
    with PlatformClient(connection, credentials) as client:
        for turn, (key, number) in enumerate(itertools.product(products, range(10))):
            if turn / per_second > seconds:
                break
            time.sleep(max(0.0, started + turn / per_second - time.monotonic()))
            outcome = "done"
            try:
                client.create_ota_module(ModuleSpec(product_key=key, module_name=f"module{number}"))
            except PlatformError as error:
                outcome = type(error).__name__.lower()
            print(outcome, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
