"""One process of the console that creates modules as fast as the quota lets it.

    python -m tests.bench.quota_caller ACCOUNT SECONDS PRODUCT_KEY...

Says "ready", starts with a line on its input, and writes a line of JSON for every call that ended. The CPU is that
of the limiter: of the statements and the waiting before and after the exchange.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

MODULES_PER_PRODUCT = 10


class Probe:
    """Stands around the limiter's slot and takes its CPU and the time of the exchange within."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot
        self.cpu_s = self.exchange_s = 0.0

    @contextmanager
    def slot(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        entered = time.thread_time()
        with self._slot(*args, **kwargs):
            self.cpu_s = time.thread_time() - entered
            started = time.monotonic()
            try:
                yield
            finally:
                self.exchange_s = time.monotonic() - started
                ended = time.thread_time()
        self.cpu_s += time.thread_time() - ended


def main(slug: str, seconds: float, products: list[str]) -> None:
    django.setup()
    from console.models import Account
    from console.platforms.errors import PlatformError
    from console.platforms.types import ModuleSpec
    from console.services import quota
    from console.services.accounts import client_for

    probe = Probe(quota.slot)
    quota.slot = probe.slot  # type: ignore[assignment]
    with client_for(Account.objects.get(slug=slug), username=f"process {os.getpid()}") as client:
        # What only the first call pays for, imports and connections, is another group's.
        client.list_ota_modules(products[0])
        print("ready", flush=True)
        sys.stdin.readline()
        deadline = time.monotonic() + seconds
        for key, number in itertools.product(products, range(MODULES_PER_PRODUCT)):
            if time.monotonic() > deadline:
                break
            outcome = "done"
            try:
                client.create_ota_module(ModuleSpec(product_key=key, module_name=f"module{number}"))
            except PlatformError as error:
                outcome = type(error).__name__.lower()
            told = {"at": time.time(), "outcome": outcome, "cpu_s": probe.cpu_s, "exchange_s": probe.exchange_s}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
