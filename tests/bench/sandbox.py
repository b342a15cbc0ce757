"""Measures how many signed calls a second the sandbox answers, beside a bare standard library server.

    python -m tests.bench.sandbox [--clients 4] [--calls 1000]

Every client is a process with one keep-alive connection. The bare server checks nothing and answers a
constant, in the same run, with the same clients: the ratio to it does not depend on the machine.
"""

from __future__ import annotations

import argparse
import http.client
import http.server
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from console.sandbox import signatures

KEY, SECRET = "sandbox-id", "sandbox-secret"
MODULES_PER_PRODUCT = 10
FLOOR = 500
CONSTANT = b'{"RequestId":"9F41D14E-CB5F-4CCE-939C-057F39E688F5","Success":true}'
Target = tuple[str, str]


class Constant(http.server.BaseHTTPRequestHandler):
    """The bare server: reads the request, answers the same bytes to all."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(CONSTANT)))
        self.end_headers()
        self.wfile.write(CONSTANT)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def serve_constant(pipe: multiprocessing.connection.Connection) -> None:
    """Run the bare server and tell its port through the pipe."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Constant)
    pipe.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def bare_server() -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve_constant, args=(there,))
    process.start()
    try:
        yield f"127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


@contextmanager
def sandbox_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "sandbox.sqlite3"
        options = ["--port", "0", "--tuya-port", "0", "--no-limits", "--data", str(data)]
        command = [sys.executable, "-m", "console.sandbox", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        with process.stdout:
            ready = process.stdout.readline().split()[2]
        try:
            yield urlsplit(ready.partition("=")[2]).netloc
        finally:
            process.terminate()
            process.wait()


def make_products(address: str, count: int) -> list[str]:
    """Create products through the control interface and return their keys."""
    connection = http.client.HTTPConnection(address)
    headers = {"Content-Type": "application/json"}
    keys = []
    for _ in range(count):
        body = json.dumps({"product_name": f"bench_{uuid.uuid4().hex[:16]}"})
        connection.request("POST", "/_sandbox/products", body, headers)
        keys.append(json.loads(connection.getresponse().read())["product_key"])
    connection.close()
    return keys


def signed_target(method: str, action: str, parameters: dict[str, str]) -> Target:
    """Sign one RPC v1 call and return its method and path."""
    everything = {
        **parameters,
        "Action": action,
        "Version": "2018-01-20",
        "Format": "JSON",
        "AccessKeyId": KEY,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    text = signatures.rpc_string_to_sign(method, everything)
    everything["Signature"] = signatures.rpc_signature(SECRET, text)
    return method, f"/?{signatures.canonical_query(everything)}"


def create_calls(products: list[str]) -> list[Target]:
    """Fill every product with its ten modules."""
    return [
        signed_target("POST", "CreateOTAModule", {"ProductKey": key, "ModuleName": f"module{number}"})
        for key in products
        for number in range(MODULES_PER_PRODUCT)
    ]


def list_calls(products: list[str], count: int) -> list[Target]:
    """List the modules of the products in turn."""
    keys = itertools.islice(itertools.cycle(products), count)
    return [signed_target("GET", "ListOTAModuleByProduct", {"ProductKey": key}) for key in keys]


def run_client(address: str, targets: list[Target], start: multiprocessing.synchronize.Barrier) -> None:
    """Send the calls one after another; any answer but success ends the process with a failure."""
    connection = http.client.HTTPConnection(address)
    connection.connect()
    start.wait()
    for method, path in targets:
        connection.request(method, path)
        answer = connection.getresponse().read()
        if b'"Success":true' not in answer:
            sys.exit(answer.decode())
    connection.close()


def measure(address: str, shares: list[list[Target]]) -> float:
    """Return the calls a second of all clients together."""
    start = multiprocessing.Barrier(len(shares) + 1)
    clients = [multiprocessing.Process(target=run_client, args=(address, share, start)) for share in shares]
    for client in clients:
        client.start()
    start.wait()
    began = time.perf_counter()
    for client in clients:
        client.join()
    elapsed = time.perf_counter() - began
    if any(client.exitcode for client in clients):
        sys.exit("A client failed: the figures would mean nothing.")
    return sum(map(len, shares)) / elapsed


def shared_out(targets: list[Target], clients: int) -> list[list[Target]]:
    return [targets[number::clients] for number in range(clients)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--calls", type=int, default=1000, help="per client")
    options = parser.parse_args()
    total = options.clients * options.calls
    with bare_server() as bare, sandbox_server() as sandbox:
        products = make_products(sandbox, min(900, -(-total // MODULES_PER_PRODUCT)))
        plans: dict[str, Callable[[], list[Target]]] = {
            "CreateOTAModule": lambda: create_calls(products),
            "ListOTAModuleByProduct": lambda: list_calls(products, total),
        }
        print(f"{options.clients} clients on {os.cpu_count()} cores")
        for name, plan in plans.items():
            shares = shared_out(plan(), options.clients)
            constant, signed = measure(bare, shares), measure(sandbox, shares)
            verdict = "ok" if signed >= FLOOR else f"below {FLOOR}"
            ratio = signed / constant
            print(f"{name:24} {signed:7.0f} calls/s  bare {constant:7.0f}  ratio {ratio:.2f}  {verdict}")


if __name__ == "__main__":
    main()
