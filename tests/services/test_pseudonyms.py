import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.models import AuditEntry, Lane, QuotaUse, User
from console.services.pseudonyms import NotOneselfError, is_pseudonymised, pseudonymise
from console.services.roles import Role
from tests import make


@pytest.fixture
def ming(db: None) -> User:
    person = make.user("mingzhu", Role.PRODUCT_MANAGER, password="correct horse battery")
    person.first_name, person.email = "Mingzhu", "mingzhu@example.com"
    person.save()
    EmailAddress.objects.create(user=person, email=person.email)
    return person


def texts() -> str:
    """Everything that the database holds, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
    return str(rows).lower()


@pytest.mark.parametrize("name", ["mingzhu", "MingZhu"])
def test_the_name_goes_from_every_table(ming: User, name: str):
    ming.username = name
    ming.save()
    make.entry(ming, target_name="Lamp")
    Client().post("/auth/login/", {"login": "mingzhu", "password": "wrong horse"})
    admin = make.user("another admin", Role.ADMIN)
    make.client(admin).post(
        f"/admin/console/user/{ming.pk}/password/", {"usable_password": "false", "unset-password": "1"}
    )
    count_a_call(ming)
    assert "mingzhu" in texts()
    pseudonymise(ming, actor=admin)
    assert "mingzhu" not in texts()


@pytest.mark.parametrize("typed", ["MingZhu", "mingzhu", "MINGZHU", "Mingzhu@Example.com"])
def test_what_was_typed_to_sign_in_goes_in_whatever_spelling(ming: User, typed: str):
    User.objects.filter(pk=ming.pk).update(username="MingZhu")
    ming.refresh_from_db()
    Client().post("/auth/login/", {"login": typed, "password": "wrong horse"})
    pseudonymise(ming, actor=None)
    assert "mingzhu" not in texts()


def count_a_call(person: User) -> None:
    QuotaUse.objects.create(
        account=make.account(),
        group="CreateProduct",
        lane=Lane.FORM,
        username=person.username,
        minute=timezone.now(),
        calls=1,
    )


def test_the_trail_keeps_its_bytes_and_shows_the_pseudonym(ming: User, as_auditor: Client):
    entry = make.entry(ming, target_name="Lamp")
    before = list(AuditEntry.objects.order_by("id").values_list("record", "chain_hash", "seal"))
    pseudonymise(ming, actor=None, by="command")
    after = list(AuditEntry.objects.order_by("id").values_list("record", "chain_hash", "seal"))
    assert after[: len(before)] == before
    assert f"person-{ming.pk}" in as_auditor.get(f"/audit/{entry.pk}/").content.decode()


def test_it_is_told_by_number(ming: User, pm: User):
    pseudonymise(ming, actor=pm)
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor, entry.target_id) == ("user.pseudonymise", pm, str(ming.pk))


def test_sessions_end_and_there_is_no_way_in(ming: User, client: Client):
    entered = {"login": "mingzhu", "password": "correct horse battery"}
    client.post("/auth/login/", entered)
    assert client.get("/").status_code == 200
    pseudonymise(ming, actor=None)
    assert client.get("/").status_code == 302
    Client().post("/auth/login/", entered | {"login": f"person-{ming.pk}"})
    assert is_pseudonymised(User.objects.get(pk=ming.pk))
    assert not User.objects.get(pk=ming.pk).has_usable_password()


def test_nobody_does_it_to_themselves(ming: User):
    with pytest.raises(NotOneselfError):
        pseudonymise(ming, actor=ming)
    assert User.objects.get(pk=ming.pk).username == "mingzhu"


def test_the_command_does_it_and_knows_nobody_else(ming: User):
    call_command("pseudonymise", "mingzhu", verbosity=0)
    assert is_pseudonymised(User.objects.get(pk=ming.pk))
    with pytest.raises(CommandError, match="nobody"):
        call_command("pseudonymise", "mingzhu")
