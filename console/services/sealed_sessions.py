"""Django's sessions in the database, sealed: allauth keeps the secret of an app in one while it is being set up."""

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from console.lib.sealing import SealBrokenError
from console.services.accounts import sealer


class SessionStore(DatabaseSessions):
    """What a session holds opens with the sealing keys, and in its own row only. What does not open is empty, so
    that the person signs in again.
    """

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealer().seal(json.dumps(session_dict), place=self._place)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            held: dict[str, Any] = json.loads(sealer().open(str(session_data), place=self._place))
        except SealBrokenError:
            return {}
        return held

    @property
    def _place(self) -> str:
        return f"django_session.session_data:{self.session_key}"
