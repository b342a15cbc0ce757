from django.conf import settings
from django.test import Client

from console.models import AuditEntry, User
from console.services.audit import fields_of
from console.services.lockout import hash_of
from console.services.roles import Role
from tests import make

PASSWORD = "correct horse battery"


def person(name: str = "ming") -> User:
    return make.user(name, Role.VIEWER, password=PASSWORD)


def sign_in(client: Client, name: str, password: str) -> None:
    client.post("/auth/login/", {"login": name, "password": password})


def newest() -> tuple[AuditEntry, dict[str, object]]:
    entry = AuditEntry.objects.latest("id")
    return entry, fields_of(entry.record)


def test_signing_in_and_out_is_told(client: Client, db: None):
    user = person()
    sign_in(client, "ming", PASSWORD)
    entry, record = newest()
    assert (entry.action, entry.outcome, entry.actor, entry.target_id) == ("session.start", "done", user, str(user.pk))
    assert record["parameters"] == {"address": "127.0.0.1"}
    client.post("/auth/logout/")
    entry, _ = newest()
    assert (entry.action, entry.outcome, entry.actor) == ("session.end", "done", user)
    assert (entry.target_kind, entry.target_name) == ("user", f"person {user.pk}")


def test_a_failed_sign_in_names_whom_it_aimed_at_by_number(client: Client, db: None):
    user = person()
    sign_in(client, "ming", "wrong horse")
    entry, record = newest()
    assert (entry.action, entry.outcome, entry.actor, entry.target_id) == (
        "session.start",
        "refused",
        None,
        str(user.pk),
    )
    assert record["parameters"] == {"typed": hash_of("ming"), "address": "127.0.0.1"}


def test_what_was_typed_stands_nowhere(client: Client, db: None):
    sign_in(client, "typed-a-password-here", "wrong horse")
    entry, record = newest()
    assert (entry.outcome, entry.target_id) == ("refused", "")
    assert record["parameters"] == {"typed": hash_of("typed-a-password-here"), "address": "127.0.0.1"}
    assert "typed-a-password" not in entry.record
    assert "horse" not in entry.record


def test_the_same_text_is_told_to_be_the_same(client: Client, db: None):
    for name in ("one", "two", "one"):
        sign_in(client, name, "wrong horse")
    records = AuditEntry.objects.order_by("id").values_list("record", flat=True)
    typed = [fields_of(record)["parameters"]["typed"] for record in records]
    assert typed[0] == typed[2] != typed[1]


def test_a_changed_password_is_told(client: Client, db: None):
    user = person()
    client.force_login(user)
    client.post(
        "/auth/password/change/",
        {"oldpassword": PASSWORD, "password1": "staple battery horse", "password2": "staple battery horse"},
    )
    entry, _ = newest()
    assert (entry.action, entry.actor, entry.target_id) == ("user.password", user, str(user.pk))
    assert "staple" not in entry.record


def test_a_lock_out_is_told_with_whom_it_keeps_out(client: Client, db: None):
    user = person()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "ming", "wrong horse")
    told = list(AuditEntry.objects.filter(outcome="denied"))
    assert {(entry.action, entry.actor, entry.target_id) for entry in told} == {("session.start", None, str(user.pk))}
    assert fields_of(told[0].record)["code"] == "console.locked_out"
