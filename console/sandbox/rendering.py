"""Turns an answer into the bytes of either format and of either platform's letter case."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from console.sandbox.connection import Reply

JSON_TYPE = "application/json;charset=utf-8"
# One official client reads XML only under exactly this content type.
XML_TYPE = "text/xml;charset=utf-8"
XML_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(envelope: Mapping[str, Any], *, status: int, response_format: str, root: str, lower_camel: bool) -> Reply:
    """Return the reply for an envelope with capitalised keys; `root` names the XML element around it."""
    content = lower_first(envelope) if lower_camel else envelope
    if response_format == "XML":
        text = f"{XML_DECLARATION}<{root}>{_xml_fields(content)}</{root}>"
        return Reply(status=status, content_type=XML_TYPE, body=text.encode())
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Reply(status=status, content_type=JSON_TYPE, body=text.encode(errors="replace"))


def lower_first(value: Any) -> Any:
    """Return the value with the first letter of every key in lower case."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: lower_first(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [lower_first(inner) for inner in value]
    return value


def _xml_fields(fields: Mapping[str, Any]) -> str:
    return "".join(_xml_element(name, value) for name, value in fields.items())


def _xml_element(name: str, value: Any) -> str:
    """Render one field; a list becomes as many elements of its own name (Alibaba: ListThingTemplates)."""
    if isinstance(value, list):
        return "".join(_xml_element(name, item) for item in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_xml_fields(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    legal = NOT_XML.sub("\ufffd", text)
    return f"<{name}>{html.escape(legal, quote=False)}</{name}>"
