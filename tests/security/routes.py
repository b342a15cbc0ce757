"""Every address of the console, found by walking its routes, and one of everything that an address can name."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from console.models import Operation, SyncRun
from tests import make

ID = UUID("00000000-0000-4000-8000-000000000001")
# What a parameter of a route stands for, by its name; others by what the route's converter takes.
VALUES: dict[str, object] = {"slug": "alibaba-test", "entry_id": 1, "app_label": "console", "content_type_id": 9999}
BY_CONVERTER: dict[str, object] = {"UUIDConverter": ID, "IntConverter": 1}


def every_route() -> list[str]:
    """The names of all routes, Django's admin included."""
    return sorted(name for name, _pattern in _walk(get_resolver().url_patterns))


def address(name: str) -> str:
    """The address of the route, of the things that `one_of_everything` makes."""
    pattern = dict(_walk(get_resolver().url_patterns))[name]
    return reverse(name, kwargs={parameter: _value(pattern, parameter) for parameter in _parameters(pattern)})


def one_of_everything() -> None:
    """Make one of everything that the addresses name."""
    account = make.account()
    product = make.cached_product(account, pk=ID)
    make.cached_module(product, pk=ID)
    now = timezone.now()
    SyncRun.objects.create(pk=ID, account=account, started_at=now, touched_at=now)
    make.drift_item(product, pk=ID)
    make.user("person")
    Group.objects.get_or_create(pk=1, defaults={"name": "people"})
    Operation.objects.create(
        pk=ID,
        form_token=uuid4(),
        account=account,
        action="module.create",
        natural_key="key",
        target_name="barcodeScanner",
        parameters={},
        actor=make.user("somebody"),
        created_at=now,
    )


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield f"{prefix}{pattern.name}", pattern


def _parameters(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters) or list(pattern.pattern.regex.groupindex)


def _value(pattern: URLPattern, parameter: str) -> Any:
    converter = type(pattern.pattern.converters.get(parameter)).__name__
    return VALUES.get(parameter) or BY_CONVERTER.get(converter, "1")
