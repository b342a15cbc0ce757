"""A page taken apart: its forms, and whatever on it no template of ours would have put there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
# Elements that no template has: one on a page came out of somebody's text.
FOREIGN = frozenset(
    {"iframe", "object", "embed", "applet", "base", "style", "marquee", "video", "audio", "source", "math", "xss"}
    | {"animate", "foreignobject", "noscript", "frame", "frameset", "mglyph", "mtext", "text", "x", "y"}
)
TYPED = frozenset({"text", "search", "password", "url", "email", "number", "datetime-local"})
ADDRESSES = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href", "data", "ping"})
OUTSIDE = ("https://www.alibabacloud.com/", "https://help.aliyun.com/", "https://www.tuya.com/")


@dataclass
class Form:
    """A form as a browser would send it: `fields` with the values that stand there, `texts` those to type into."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """`problems` says what is wrong; `is_ours` demands that every element is closed where it should be."""

    def __init__(self, html: str, *, is_ours: bool = True) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._is_ours = is_ours
        self._script_is_data = False
        self.feed(html)
        self.close()
        if is_ours and self._open:
            self.problems.append(f"left open: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look_at(tag, given)
        self._collect(tag, given)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        elif self._is_ours:
            self.problems.append(f"</{tag}> within {self._open[-1:]}")

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["script"] and data.strip() and not self._script_is_data:
            self.problems.append(f"script: {data[:80]}")
        elif self._open[-1:] == ["textarea"] and self.forms:
            self.forms[-1].fields[list(self.forms[-1].fields)[-1]] += data

    def _look_at(self, tag: str, given: dict[str, str]) -> None:
        if tag in FOREIGN:
            self.problems.append(f"<{tag}>")
        self._script_is_data = tag == "script" and given.get("type") == "application/json"
        for name, value in given.items():
            if name.startswith(("on", "hx-on", "data-hx")) or name == "style":
                self.problems.append(f"<{tag} {name}>")
            if name in ADDRESSES and not _is_within(value):
                self.problems.append(f"<{tag} {name}={value[:80]!r}>")

    def _collect(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and "name" in given and tag in {"input", "textarea", "select", "button"}:
            self.forms[-1].fields.setdefault(given["name"], given.get("value", ""))
            if tag == "textarea" or (tag == "input" and given.get("type", "text") in TYPED):
                self.forms[-1].texts.add(given["name"])


def _is_within(value: str) -> bool:
    """Whether an address stays in the console, or goes to a vendor's document."""
    return value.startswith(("#", "?", "./", "../", *OUTSIDE)) or (
        value[:1] in {"", "/"} and value[1:2] not in {"/", "\\"}
    )
