"""Canaries: secrets that are planted in every secret place, and the search for them in everything that comes out."""

import base64
import io
import json
import logging
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django_q.models import OrmQ

# A secret may be cut: so much of it is as bad as all of it.
TELLING = 12


def forms_of(secret: str | bytes) -> set[str]:
    """The ways in which a secret may be written: plain, quoted, escaped, in hexadecimal, in base64 at any offset."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = {raw.hex(), raw.hex().upper(), repr(raw)[2:-1]}
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode()
        # The first and last characters depend on what stands beside it.
        inner = encoded[4 if offset else 0 : -4]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    if isinstance(secret, str):
        once = quote(secret, safe="")
        forms |= {secret, once, quote(once, safe=""), json.dumps(secret)[1:-1]}
    return {form for form in forms if len(form) >= TELLING}


class Canaries:
    """Secrets by name. What is found is told by name and place, so that no failure prints a secret."""

    def __init__(self, planted: Mapping[str, str | bytes]) -> None:
        self._planted: dict[str, list[str | bytes]] = {name: [secret] for name, secret in planted.items()}

    def plant(self, name: str, secret: str | bytes) -> None:
        assert len(secret) >= TELLING, name
        self._planted.setdefault(name, []).append(secret)

    @property
    def names(self) -> set[str]:
        return set(self._planted)

    def find(self, places: Mapping[str, str]) -> set[tuple[str, str]]:
        """(name, place) of whatever is found."""
        found = set()
        for name, secrets in self._planted.items():
            # Of the signatures there are hundreds, and each is spent: only how they are sent is looked for.
            forms = {
                form for secret in secrets for form in ({str(secret)} if name == "signature" else forms_of(secret))
            }
            found |= {(name, place) for place, text in places.items() if any(form in text for form in forms)}
        return found


def database() -> dict[str, str]:
    """Every column of every table as it is stored, and as Django reads it, and the bytes of the files of SQLite."""
    dump = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = cursor.fetchall()
            for position, column in enumerate(cursor.description):
                dump[f"{table}.{column[0]}"] = "\n".join(_text(row[position]) for row in rows)
    for model in apps.get_models():
        dump[f"rows of {model.__name__}"] = repr(list(model._base_manager.values()))
    dump["queued tasks"] = repr([row.task for row in OrmQ.objects.all()])
    return dump


def database_files() -> dict[str, str]:
    """The bytes of the files of SQLite, one character each; of PostgreSQL nothing."""
    if connection.vendor != "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    name = Path(connection.settings_dict["NAME"])
    return {path.name: path.read_bytes().decode("latin-1") for path in name.parent.glob(f"{name.name}*")}


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def said_in(answer: HttpResponse) -> str:
    """The headers, cookies and body of an answer; of a ZIP every member."""
    body: bytes = answer.getvalue()
    text = f"{dict(answer.headers)}\n{body.decode('latin-1')}"
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as pack:
            text += "\n".join(pack.read(name).decode("latin-1") for name in pack.namelist())
    return text + "".join(morsel.value for name, morsel in answer.cookies.items() if "session" not in name)


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All that is logged with LOG_LEVEL=DEBUG, tracebacks included."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    names = ("", "django", "django.server", "django-q", "axes", "allauth", "console", "urllib3", "requests")
    loggers = {name: logging.getLogger(name) for name in names}
    levels = {name: logger.level for name, logger in loggers.items()}
    heard = [loggers[""], loggers["django.server"]]
    for logger in loggers.values():
        logger.setLevel(logging.DEBUG)
    for logger in heard:
        logger.addHandler(handler)
    yield stream
    for logger in heard:
        logger.removeHandler(handler)
    for name, logger in loggers.items():
        logger.setLevel(levels[name])
