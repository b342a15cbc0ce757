"""From a request to its reply: the gate, the operation, the envelope, and whatever fault is due."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

from console.sandbox import envelopes, faults
from console.sandbox.backend import Backend, Payload
from console.sandbox.calls import Call, read_call
from console.sandbox.connection import Reply, Request
from console.sandbox.dialects import Dialect
from console.sandbox.errors import BusinessError, GatewayError, server_failure
from console.sandbox.gate import Gate
from console.sandbox.journal import OK, Entry, Journal
from console.sandbox.operations import OPERATIONS
from console.sandbox.records import Tenant
from console.sandbox.rendering import render


class Engine:
    """Everything the two platforms share: gate, backend, faults, journal."""

    def __init__(self, gate: Gate, backend: Backend) -> None:
        self.backend = backend
        self.gate = gate
        self.faults = faults.Faults()
        self.journal = Journal()
        self.stopping = threading.Event()

    def answer(self, request: Request, dialect: Dialect) -> Reply:
        """Return the reply to one request in one platform's dialect; writes one entry into the journal."""
        try:
            call = read_call(request, dialect)
        except GatewayError as error:
            call = read_call(_without_parameters(request), dialect)
            return Turn(self, call).refuse_at_gate(error)
        return Turn(self, call).take()


class Turn:
    """One call on its way through the engine; a fault sees it as its Exchange."""

    def __init__(self, engine: Engine, call: Call) -> None:
        self._engine = engine
        self._call = call
        self._request_id = call.dialect.new_request_id()
        self._outcome = ""
        self._fault = ""
        self._executed = False

    def take(self) -> Reply:
        """Admit the call, run it or spoil it, and return the reply."""
        try:
            self._engine.gate.admit(self._call)
            reply = self._run_or_spoil()
        except GatewayError as error:
            return self.refuse_at_gate(error)
        except sqlite3.Error:
            return self.refuse_at_gate(server_failure(500))
        self._record()
        return reply

    def refuse_at_gate(self, error: GatewayError) -> Reply:
        """Return the gateway's answer to a call it turns away."""
        self._outcome = self._outcome or error.code
        self._record()
        region = self._engine.backend.region
        envelope = envelopes.gateway_refusal(error, self._request_id, self._call.dialect, region)
        return self._render(envelope, status=error.status, root="Error")

    def run(self, *, other_case: bool = False) -> Reply:
        """Execute and commit the call and return its proper reply."""
        try:
            payload = self._execute()
        except BusinessError as error:
            self._executed = True
            return self._fail(error, other_case=other_case)
        self._executed, self._outcome = True, OK
        envelope = envelopes.success(payload, self._request_id, self._call.dialect)
        return self._render(envelope, other_case=other_case)

    def refuse(self, code: str) -> Reply:
        """Return a business failure without executing anything."""
        return self._fail(BusinessError(code))

    def sleep(self, seconds: float) -> None:
        """Wait, or until the server stops."""
        self._engine.stopping.wait(seconds)

    def _run_or_spoil(self) -> Reply:
        fault = self._engine.faults.take(self._call.dialect.name, self._call.action)
        if fault is None:
            return self.run()
        self._fault = fault.kind
        return faults.spoil(fault, self)

    def _execute(self) -> Payload:
        backend = self._engine.backend
        with backend.database.transaction():
            handler = OPERATIONS[self._call.action].handler
            return handler(backend, self._tenant(), self._call.parameters)

    def _tenant(self) -> Tenant:
        dialect = self._call.dialect
        instance = self._call.parameters.get("IotInstanceId", "") if dialect.instances else ""
        return Tenant(platform=dialect.name, instance=instance)

    def _fail(self, error: BusinessError, *, other_case: bool = False) -> Reply:
        self._outcome = self._outcome or error.code
        envelope = envelopes.refusal(error, self._request_id)
        return self._render(envelope, other_case=other_case)

    def _render(
        self, envelope: dict[str, Any], *, status: int = 200, root: str = "", other_case: bool = False
    ) -> Reply:
        return render(
            envelope,
            status=status,
            response_format=self._call.response_format,
            root=root or f"{self._call.action}Response",
            lower_camel=self._call.dialect.lower_camel != other_case,
        )

    def _record(self) -> None:
        self._engine.journal.add(
            Entry(
                at=time.time(),
                platform=self._call.dialect.name,
                action=self._call.action[:64],
                method=self._call.method[:16],
                scheme=self._call.scheme,
                request_id=self._request_id,
                outcome=self._outcome,
                fault=self._fault,
                executed=self._executed,
            )
        )


def _without_parameters(request: Request) -> Request:
    return Request(
        method=request.method,
        target="/",
        headers={},
        body=b"",
        keep_alive=request.keep_alive,
        peer=request.peer,
    )
