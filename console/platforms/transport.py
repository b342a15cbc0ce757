"""Send one signed request over HTTP and read one answer. The only place that knows requests.

One request leaves per call, whatever the server does. requests' adapter is used without its session, so
there is nothing that follows redirects, keeps cookies or reads proxies and passwords from the environment.
On a connection used before, a server may hang up just as the request leaves, which puts a write in doubt.
So a read may use one again for a few seconds, a write for one second and only if the server promised it.
"""

import ssl
import time
from functools import lru_cache
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, cast

import certifi
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from console.platforms.connections import plain_pool, secure_pool
from console.platforms.endpoints import parse_endpoint
from console.platforms.errors import NotSent, PlatformError, Unknown, Unreadable
from console.platforms.exchange import Exchange
from console.platforms.failures import AnswerTooLargeError, explain_lost, explain_not_sent
from console.platforms.reply import Reply
from console.platforms.signed_request import SignedRequest
from console.platforms.types import Connection

if TYPE_CHECKING:
    from requests.structures import CaseInsensitiveDict

# Both well under the idle time after which servers hang up (15 s and more).
MAX_READ_IDLE_S = 5.0
MAX_WRITE_IDLE_S = 1.0
_CHUNK_BYTES = 65_536
# All that can come out of requests, urllib3, http.client, ssl and the socket.
_FAILURES = (RequestException, HTTPError, HTTPException, OSError, ValueError)


class Transport:
    """Carries the calls of one connection, one after the other."""

    def __init__(self, connection: Connection) -> None:
        timeouts = connection.timeouts
        self._connection = connection
        self._exchange = Exchange(read_s=timeouts.read_s)
        self._adapter = _PinnedAdapter(_pool(connection, self._exchange))
        self._wait_s = (min(timeouts.connect_s, timeouts.total_s), min(timeouts.read_s, timeouts.total_s))
        self._last_answer_at = float("-inf")
        self._promised = False

    def send(self, request: SignedRequest, *, writes: bool) -> Reply:
        """Send the request once.

        Raise NotSent when nothing left; after the first byte Unknown for a write, Unreadable for a read.
        """
        total_s = self._connection.timeouts.total_s
        self._exchange.begin(request.target, total_s=total_s, may_reuse=self._may_reuse(writes))
        try:
            return self._exchange_messages(request)
        except _FAILURES as failure:
            lost = self._lost(failure, writes=writes)
        # Outside the handler: what the libraries raised may quote the server, and it may quote our request.
        raise lost

    def close(self) -> None:
        """Let go of the connection."""
        self._adapter.close()

    def _may_reuse(self, writes: bool) -> bool:
        idle_s = time.monotonic() - self._last_answer_at
        if writes:
            return self._promised and idle_s <= MAX_WRITE_IDLE_S
        return idle_s <= MAX_READ_IDLE_S

    def _lost(self, failure: Exception, *, writes: bool) -> PlatformError:
        if not self._exchange.sent:
            return NotSent(explain_not_sent(failure))
        return (Unknown if writes else Unreadable)(explain_lost(failure))

    def _exchange_messages(self, request: SignedRequest) -> Reply:
        response = self._adapter.send(self._prepared(request), stream=True, timeout=self._wait_s)
        try:
            body = _read(response, self._connection.max_response_bytes)
        finally:
            response.close()
        self._last_answer_at = time.monotonic()
        self._promised = "keep-alive" in response.headers.get("Connection", "").lower()
        return Reply(status=response.status_code, headers=response.headers, body=body)

    def _prepared(self, request: SignedRequest) -> PreparedRequest:
        prepared = PreparedRequest()
        prepared.method = request.method
        prepared.url = f"{self._connection.endpoint}/"
        # A plain dict: the names are ours and need no folding, which would cost a tenth of the call.
        prepared.headers = cast("CaseInsensitiveDict[str]", dict(request.headers))
        prepared.body = request.body or None
        return prepared


class _PinnedAdapter(HTTPAdapter):
    """requests' adapter, tied to one pool that brings its own TLS settings."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__(max_retries=0)
        self._pool = pool

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> HTTPConnectionPool:
        return self._pool

    def request_url(self, *_args: Any, **_kwargs: Any) -> str:
        """Tell urllib3 no more than the path; the connection itself knows the rest."""
        return "/"

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: the pool's own context verifies, and was made once instead of per connection."""

    def build_response(self, _request: PreparedRequest, answer: Any) -> Response:
        """Leave out what nobody reads here: cookies, encoding, history."""
        response = Response()
        response.status_code, response.headers, response.raw = answer.status, answer.headers, answer
        return response

    def close(self) -> None:
        super().close()
        self._pool.close()


def _read(response: Response, limit: int) -> bytes:
    chunks, size = [], 0
    while chunk := response.raw.read(_CHUNK_BYTES, decode_content=False):
        size += len(chunk)
        if size > limit:
            raise AnswerTooLargeError(limit)
        chunks.append(chunk)
        if response.raw.length_remaining == 0:
            break
    return b"".join(chunks)


def _pool(connection: Connection, exchange: Exchange) -> HTTPConnectionPool:
    endpoint = parse_endpoint(connection.endpoint)
    if endpoint.scheme == "http":
        return plain_pool(endpoint.host, endpoint.port, exchange, connection.reach)
    return secure_pool(endpoint.host, endpoint.port, exchange, connection.reach, _tls_context(connection.verify_tls))


@lru_cache(maxsize=2)
def _tls_context(verify: bool) -> ssl.SSLContext:
    # The system's store knows a company's own authority; certifi's serves machines that have none.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
