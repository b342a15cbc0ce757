"""Connections that know the call they carry: its deadline, where it may end, and whether a byte of it has left.

urllib3 is told the path `/` and nothing else, so that no log line, warning or exception text of it can
repeat a query with keys and signatures. The true target joins at the last step, in `putrequest`.
"""

import http.client
import io
import socket
import ssl
from functools import partial
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from console.platforms.addresses import Reach
from console.platforms.dialing import dial
from console.platforms.exchange import Exchange


class _DeadlineReader(io.RawIOBase):
    """Read from a socket, and never wait longer for a piece than the call has time left."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._exchange = exchange
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return 0
        self._socket.settimeout(self._exchange.patience_s())
        return cast("io.RawIOBase", self._raw).readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _AnswerReader(io.BufferedReader):
    """Notice, when the answer is over, that the server said more than it had announced."""

    def __init__(self, reader: _DeadlineReader, exchange: Exchange) -> None:
        super().__init__(reader)
        self._reader = reader
        self._exchange = exchange

    def close(self) -> None:
        if not self.closed:
            self._reader.ended = True
            self._exchange.said_too_much |= bool(self.peek())
        super().close()


class _AnswerSocket:
    """The one thing that http.client asks of a socket when it reads an answer."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._socket = sock
        self._exchange = exchange

    def makefile(self, _mode: str) -> io.BufferedReader:
        return _AnswerReader(_DeadlineReader(self._socket, self._exchange), self._exchange)


class _StrictResponse(http.client.HTTPResponse):
    """An answer whose header must be well formed; urllib3 would log a broken one word for word."""

    def begin(self) -> None:
        super().begin()
        if self.msg.defects:
            raise http.client.HTTPException("the header is malformed")


class _Connection(HTTPConnection):
    """A connection for one call at a time; plain http, which only loopback addresses get."""

    # Switching on http.client's debug output for a whole process must not print signed requests.
    debuglevel = 0

    def __init__(self, *args: Any, exchange: Exchange, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._exchange = exchange
        self._reach = reach
        self.response_class = cast("Any", partial(_answer, exchange))

    @property
    def is_connected(self) -> bool:
        return self._exchange.may_reuse and super().is_connected

    def _new_conn(self) -> socket.socket:
        """TLS goes on with the name: it is what the certificate has to be for."""
        return dial(self.host, self.port, reach=self._reach, patience_s=self._connect_patience_s)

    def _connect_patience_s(self) -> float:
        return min(cast("float", self.timeout), self._exchange.patience_s())

    def putrequest(self, method: str, _url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        super().putrequest(method, self._exchange.target, skip_host, skip_accept_encoding)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self._exchange.patience_s())
        self._exchange.sent = True
        super().send(data)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS; the pool's context verifies the certificate."""


def _answer(exchange: Exchange, sock: socket.socket, *args: Any, **kwargs: Any) -> _StrictResponse:
    return _StrictResponse(cast("socket.socket", _AnswerSocket(sock, exchange)), *args, **kwargs)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def plain_pool(host: str, port: int, exchange: Exchange, reach: Reach) -> HTTPConnectionPool:
    """Make a pool of one connection without encryption."""
    return _Pool(host, port, maxsize=1, exchange=exchange, reach=reach)


def secure_pool(host: str, port: int, exchange: Exchange, reach: Reach, context: ssl.SSLContext) -> HTTPSConnectionPool:
    """Make a pool of one TLS connection; `context` decides what is verified."""
    verify = "CERT_REQUIRED" if context.check_hostname else "CERT_NONE"
    return _SecurePool(host, port, maxsize=1, exchange=exchange, reach=reach, ssl_context=context, cert_reqs=verify)
