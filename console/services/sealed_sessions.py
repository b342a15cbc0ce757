"""Django's sessions in the database, of no use to whoever reads it: a row's key is a hash of what the cookie says, and
what it holds is sealed, since allauth keeps the secret of an app in one while it is being set up.
"""

import hashlib
import json
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from console.lib.sealing import SealBrokenError
from console.models import Session
from console.services.accounts import sealer


def row_key_of(session_key: str | None) -> str:
    """The key of the row of a session whose cookie says `session_key`, which is random enough to need no salt. No row
    has that of None.
    """
    return hashlib.sha256((session_key or "").encode()).hexdigest()


def held_in(session_data: str, *, row_key: str) -> dict[str, Any]:
    """What the row of a session holds; nothing when it does not open with the sealing keys, or as this row's."""
    try:
        held: dict[str, Any] = json.loads(sealer().open(session_data, place=_place_of(row_key)))
    except SealBrokenError:
        return {}
    return held


class SessionStore(DatabaseSessions):
    """Knows a session by what its cookie says, the `session_key`, and the database by the hash of it. What does not
    open is empty, so that the person signs in again.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def exists(self, session_key: str) -> bool:
        return super().exists(row_key_of(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        return Session(
            session_key=row_key_of(self.session_key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
        )

    def delete(self, session_key: str | None = None) -> None:
        super().delete(row_key_of(session_key or self.session_key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealer().seal(json.dumps(session_dict), place=_place_of(row_key_of(self.session_key)))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        return held_in(str(session_data), row_key=row_key_of(self.session_key))

    def _get_session_from_db(self) -> Session | None:
        row = Session.objects.filter(pk=row_key_of(self.session_key), expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row


def _place_of(row_key: str) -> str:
    return f"console_session.session_data:{row_key}"
