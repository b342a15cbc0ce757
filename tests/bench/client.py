"""Measures our client and both official ones, side by side in one run against one local server.

    python -m tests.bench.client [--rounds 5] [--calls 400]

Every figure is the median over the rounds of a fresh process each, in turns. The server is a process of its
own, so its work is not counted. Ends with status 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socketserver
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection

from tests.bench.callers import CALLERS

OPERATIONS = ("read", "write")
# What a read answers with: a product with a few modules.
MODULES = 3
MODULE = {"ModuleName": "ble", "AliasName": "BLE", "Desc": "BLE module", "ProductKey": "a1FlqIQ0000"}
BODY = json.dumps(
    {
        "RequestId": "9F41D14E-CB5F-4CCE-939C-057F39E688F5",
        "Success": True,
        "Data": [MODULE | {"GmtCreate": "2020-10-13T09:46Z", "GmtModified": "2020-10-13T09:46Z"}] * MODULES,
    }
).encode()
# "Connection: keep-alive" is what nginx and its kin say, in front of most gateways.
HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\n"
    f"Content-Length: {len(BODY)}\r\nConnection: keep-alive\r\n\r\n"
)
ANSWER = HEAD.encode() + BODY

# What our client may take of the new official client's figure.
BARS = {"cpu_s": 0.70, "construct_s": 0.30, "memory_kib": 0.35}
TITLES = {"cpu_s": "CPU a call", "construct_s": "import and construction", "memory_kib": "memory added"}
Figures = Mapping[str, float]


class Constant(socketserver.StreamRequestHandler):
    """Answers every request of a connection with the same bytes, as cheaply as it can."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while self.rfile.readline():
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.rfile.read(length)
            self.wfile.write(ANSWER)


def serve(pipe: Connection) -> None:
    """Answer until killed; tell the port through the pipe."""
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Constant) as server:
        pipe.send(server.server_address[1])
        server.serve_forever()


@contextmanager
def local_server() -> Iterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def measure(caller: str, operation: str, port: int, calls: int) -> Figures:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.callers", caller, operation]
    done = subprocess.run([*command, str(port), str(calls)], check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def run(port: int, rounds: int, calls: int) -> dict[tuple[str, str], Figures]:
    """Medians per caller and operation."""
    taken: dict[tuple[str, str], list[Figures]] = {}
    for _ in range(rounds):
        for operation in OPERATIONS:
            for caller in CALLERS:
                figures = measure(caller, operation, port, calls)
                taken.setdefault((caller, operation), []).append(figures)
    return {key: _medians(rows) for key, rows in taken.items()}


def _medians(rows: list[Figures]) -> Figures:
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def with_memory(medians: dict[tuple[str, str], Figures]) -> dict[tuple[str, str], Figures]:
    """Add what each caller takes beyond the bare interpreter; drop the interpreter."""
    return {
        (caller, operation): {
            **figures,
            "memory_kib": figures["rss_kib"] - medians["nobody", operation]["rss_kib"],
        }
        for (caller, operation), figures in medians.items()
        if caller != "nobody"
    }


def show(medians: Mapping[tuple[str, str], Figures]) -> None:
    print(f"{'':24} {'calls/s':>9} {'CPU/call us':>12} {'import+make ms':>15} {'to answer ms':>13} {'MiB':>7}")
    for (caller, operation), row in medians.items():
        print(
            f"{caller + ', ' + operation:24} {1 / row['wall_s']:9.0f} {row['cpu_s'] * 1e6:12.0f}"
            f" {row['construct_s'] * 1e3:15.0f} {row['first_answer_s'] * 1e3:13.0f}"
            f" {row['memory_kib'] / 1024:7.1f}"
        )


def judge(medians: Mapping[tuple[str, str], Figures]) -> bool:
    """Print the ratios to both official clients; tell whether every bar holds against the new one."""
    held = True
    for operation in OPERATIONS:
        new, old = medians["official new", operation], medians["official old", operation]
        acs3, rpc_v1 = medians["ours, acs3", operation], medians["ours, rpc-v1", operation]
        for name, bar in BARS.items():
            ratio = acs3[name] / new[name]
            held &= ratio <= bar
            verdict = "ok" if ratio <= bar else "MISSED"
            print(
                f"{operation:6} {TITLES[name]:24} {ratio:5.2f} of the new (bar {bar:.2f}: {verdict}),"
                f" {rpc_v1[name] / old[name]:5.2f} of the old"
            )
        print(
            f"{operation:6} {'calls a second':24} {new['wall_s'] / acs3['wall_s']:5.2f} times the new,"
            f" {old['wall_s'] / rpc_v1['wall_s']:.2f} times the old;"
            f" to the first answer {acs3['first_answer_s'] / new['first_answer_s']:.2f} of the new"
        )
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=400)
    options = parser.parse_args()
    with local_server() as port:
        medians = with_memory(run(port, options.rounds, options.calls))
    show(medians)
    return 0 if judge(medians) else 1


if __name__ == "__main__":
    sys.exit(main())
