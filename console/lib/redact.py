"""Taking secrets out of text that comes from somewhere else."""

import re
from collections.abc import Iterable
from urllib.parse import quote

WITHHELD = "[withheld]"

# A gateway that cannot match a signature repeats the text it signed, key id and parameters included.
_CANONICAL = re.compile(r"(string\s*to\s*sign|canonical\s*(request|string))\b.*", re.IGNORECASE | re.DOTALL)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret, plain or percent-encoded once or twice, and cut off what was signed."""
    if not text:
        return text
    text = _CANONICAL.sub(rf"\1 {WITHHELD}", text)
    forms = {form for secret in secrets if secret for form in (_forms(secret) if "%" in text else (secret,))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, WITHHELD)
    return text


def _forms(secret: str) -> tuple[str, str, str]:
    once = quote(secret, safe="~")
    return secret, once, quote(once, safe="~")
