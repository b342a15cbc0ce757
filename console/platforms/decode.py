"""From the bytes of an answer to one object with folded keys, or a plain complaint. Never a guess.

The platforms' documents spell keys in several ways (RequestId, RequestID, requestId), so keys are compared
without regard to case. Whoever reads on asks for them in lower case.
"""

import json
from typing import Any

from console.lib.plaintext import storable

# An error envelope is a few hundred bytes; nothing else is read as XML.
MAX_XML_BYTES = 65_536

Object = dict[str, Any]


class MalformedError(ValueError):
    """What came is not what the platform's documents describe; the text says what, and quotes nothing."""


def parse_json(body: bytes) -> Object:
    """Parse a JSON object. Raise MalformedError for anything else, NaN and contradicting keys included."""
    # Only an escape can smuggle in what nothing can store: half surrogate pairs and NUL.
    fold = _fold_and_clean if b"\\u" in body else _fold_keys
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=fold, parse_constant=_no_constant)
    except MalformedError:
        raise
    except (ValueError, RecursionError):
        raise MalformedError("The answer is not JSON.") from None
    if not isinstance(value, dict):
        raise MalformedError("The answer is JSON, but not an object.")
    return value


def parse_xml_error(body: bytes) -> Object:
    """Read the direct children of an XML answer as text, enough for an error envelope.

    Raise MalformedError for anything that is not small, plain XML: a document type could define entities
    that unfold without end.
    """
    if len(body) > MAX_XML_BYTES:
        raise MalformedError("The answer is XML and too large for an error message.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("The answer is not UTF-8.") from None
    if "<!DOCTYPE" in text.upper():
        raise MalformedError("The answer is XML with a document type, or HTML.")
    return _fold_keys(_xml_children(text))


def _xml_children(text: str) -> list[tuple[str, Any]]:
    # Loaded here, since an answer in XML is the rare exception.
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    try:
        root = ET.fromstring(text)  # noqa: S314  no document type, so no entities; bounded in size
    except (ET.ParseError, ValueError):
        raise MalformedError("The answer is neither JSON nor XML.") from None
    return [(child.tag, child.text or "") for child in root]


def looks_like_xml(body: bytes) -> bool:
    """Whether the first visible character opens a tag."""
    return body.lstrip()[:1] == b"<"


def _fold_keys(pairs: list[tuple[str, Any]]) -> Object:
    folded = {key.lower(): value for key, value in pairs}
    if len(folded) < len(pairs) and any(folded[key.lower()] != value for key, value in pairs):
        raise MalformedError("The answer says two different things under one name.")
    return folded


def _fold_and_clean(pairs: list[tuple[str, Any]]) -> Object:
    return _fold_keys([(key, storable(value) if isinstance(value, str) else value) for key, value in pairs])


def _no_constant(_name: str) -> float:
    raise MalformedError("The answer has a number that JSON does not know.")
