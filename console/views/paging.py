"""The links from one page of a list to the next, with the filters kept."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from console.services.audit_search import Found
from console.services.paging import Page

CURSOR = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What `_shared/pager.html` shows; an empty URL is no link."""

    previous_url: str
    next_url: str

    def __bool__(self) -> bool:
        return bool(self.previous_url or self.next_url)


def cursor_of(request: HttpRequest) -> str:
    """Where in the list the request stands; empty for the first page."""
    return request.GET.get(CURSOR, "")


def pager(request: HttpRequest, page: Page[Any] | Found) -> Pager:
    """The links around a page of the list that the request shows."""
    return Pager(previous_url=_url(request, page.previous), next_url=_url(request, page.next))


def _url(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query[CURSOR] = cursor
    return f"{request.path}?{query.urlencode()}"
