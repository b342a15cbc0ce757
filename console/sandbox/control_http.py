"""The control interface over HTTP: routes under `/_sandbox/`, for programs on this machine only."""

from __future__ import annotations

import ipaddress
import json
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from console.sandbox.connection import Reply, Request
from console.sandbox.control import Control
from console.sandbox.errors import SandboxError

PREFIX = "/_sandbox/"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
Route = Callable[[Control, list[str], dict[str, Any]], Any]


def answer_control(request: Request, control: Control) -> Reply:
    """Answer one request to the control interface; anything a web page could have sent is refused."""
    problem = _find_intruder(request)
    if problem:
        return _reply(403, {"error": problem})
    parts = [unquote(part) for part in request.path.removeprefix(PREFIX).strip("/").split("/")]
    route = ROUTES.get((request.method, parts[0], len(parts)))
    if route is None:
        return _reply(404, {"error": f"no {request.method} {request.path[:200]}"})
    try:
        return _reply(200, route(control, parts[1:], _read_json(request)))
    except LookupError as error:
        return _reply(404, {"error": str(error.args[0] if error.args else error)})
    except (SandboxError, RecursionError, TypeError, ValueError, sqlite3.Error) as error:
        return _reply(400, {"error": str(error)})


def _find_intruder(request: Request) -> str:
    """Return why the request is refused, or "".

    A page in the user's browser can reach loopback: it gives itself away by an Origin, by a foreign Host
    (DNS rebinding), or by not being able to send JSON without asking first.
    """
    if not ipaddress.ip_address(request.peer).is_loopback:
        return "only for clients on this machine"
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        return "not for web pages"
    if urlsplit(f"//{request.headers.get('host', '')}").hostname not in LOCAL_NAMES:
        return "the Host header must name this machine"
    if request.body and not request.headers.get("content-type", "").startswith("application/json"):
        return "the body must be application/json"
    return ""


def _read_json(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    content = json.loads(request.body)
    if not isinstance(content, dict):
        raise TypeError("the body must be a JSON object")
    return content


def _reply(status: int, content: Any) -> Reply:
    body = json.dumps({} if content is None else content, ensure_ascii=False, indent=1) + "\n"
    return Reply(status=status, body=body.encode(errors="replace"))


def _change_product(control: Control, path: list[str], body: dict[str, Any]) -> Any:
    return control.change_product(path[0], **body)


def _create_module(control: Control, path: list[str], body: dict[str, Any]) -> Any:
    return control.create_module(path[0], **body)


def _change_module(control: Control, path: list[str], body: dict[str, Any]) -> Any:
    return control.change_module(path[0], path[2], **body)


def _delete_module(control: Control, path: list[str], _body: dict[str, Any]) -> Any:
    return control.delete_module(path[0], path[2])


# (method, first part, number of parts) -> what to do with the parts that follow and the JSON body.
ROUTES: dict[tuple[str, str, int], Route] = {
    ("GET", "state", 1): lambda control, _path, _body: control.state(),
    ("GET", "calls", 1): lambda control, _path, _body: control.calls(),
    ("DELETE", "calls", 1): lambda control, _path, _body: control.clear_calls(),
    ("POST", "reset", 1): lambda control, _path, _body: control.reset(),
    ("PATCH", "settings", 1): lambda control, _path, body: control.change_settings(**body),
    ("POST", "products", 1): lambda control, _path, body: control.create_product(**body),
    ("PATCH", "products", 2): _change_product,
    ("DELETE", "products", 2): lambda control, path, _body: control.delete_product(path[0]),
    ("POST", "products", 3): _create_module,
    ("PATCH", "products", 4): _change_module,
    ("DELETE", "products", 4): _delete_module,
    ("GET", "faults", 1): lambda control, _path, _body: control.faults(),
    ("POST", "faults", 1): lambda control, _path, body: control.add_fault(**body),
    ("DELETE", "faults", 1): lambda control, _path, _body: control.clear_faults(),
}
