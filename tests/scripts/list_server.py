"""As much of Redis as django-q's broker asks of it: lists in memory, over the protocol's second version."""

import socketserver
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

Reply = bytes | int | list[bytes] | None


class _Lists:
    def __init__(self) -> None:
        self.lists: defaultdict[bytes, deque[bytes]] = defaultdict(deque)
        self.changed = threading.Condition()

    def answer(self, name: str, arguments: list[bytes]) -> Reply:
        match name:
            case "RPUSH":
                return self.push(*arguments)
            case "BLPOP":
                return self.pop(arguments[0], float(arguments[1]))
            case "LLEN":
                return len(self.lists[arguments[0]])
            case "PING":
                return b"PONG"
            case _:
                return b"OK"

    def push(self, key: bytes, value: bytes) -> int:
        with self.changed:
            self.lists[key].append(value)
            self.changed.notify_all()
            return len(self.lists[key])

    def pop(self, key: bytes, wait_s: float) -> Reply:
        with self.changed:
            there = self.changed.wait_for(lambda: self.lists[key], wait_s)
            return [key, self.lists[key].popleft()] if there else None


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while line := self.rfile.readline():
            name, *arguments = [self._bulk() for _ in range(int(line[1:]))]
            self.wfile.write(encoded(self.server.lists.answer(name.decode().upper(), arguments)))

    def _bulk(self) -> bytes:
        value = self.rfile.read(int(self.rfile.readline()[1:]))
        self.rfile.readline()
        return value


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    lists: _Lists


def encoded(reply: Reply) -> bytes:
    match reply:
        case None:
            return b"*-1\r\n"
        case int():
            return b":%d\r\n" % reply
        case bytes():
            return b"+%s\r\n" % reply
        case _:
            return b"*%d\r\n" % len(reply) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in reply)


@contextmanager
def serving() -> Iterator[str]:
    """Yield the URL of an empty one."""
    with _Server(("127.0.0.1", 0), _Connection) as server:
        server.lists = _Lists()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}/0?protocol=2"
        server.shutdown()
