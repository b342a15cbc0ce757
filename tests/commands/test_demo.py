import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from console.models import Account, AuditEntry, User
from console.services import accounts
from console.services.roles import Role, roles_of
from tests import make


@pytest.fixture(autouse=True)
def _demo_settings(settings: Settings, db: None) -> None:
    settings.DEMO_PASSWORD = "correct horse battery"
    settings.SANDBOX_PORT = 9686
    settings.SANDBOX_KEY = "demo-id:demo-secret"


def endpoints() -> dict[str, str]:
    return dict(Account.objects.values_list("slug", "endpoint"))


def test_it_fills_an_empty_console_and_says_how_to_sign_in(capsys: pytest.CaptureFixture[str]):
    call_command("demo")
    assert {user.username: roles_of(user) for user in User.objects.all()} == {
        "pm": {Role.PRODUCT_MANAGER},
        "viewer": {Role.VIEWER},
        "auditor": {Role.AUDITOR},
        "admin": {Role.ADMIN},
    }
    assert endpoints() == {"sandbox-alibaba": "http://127.0.0.1:9686", "sandbox-tuya": "http://127.0.0.1:9687"}
    assert User.objects.get(username="pm").check_password("correct horse battery")
    assert capsys.readouterr().out == "Sign in as pm, viewer, auditor, admin; the password is correct horse battery\n"


def test_a_second_run_changes_nothing():
    call_command("demo")
    before = (list(User.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values()))
    entries = AuditEntry.objects.count()
    call_command("demo")
    assert (list(User.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values())) == before
    assert AuditEntry.objects.count() == entries


def test_another_port_re_points_the_accounts(settings: Settings):
    call_command("demo")
    settings.SANDBOX_PORT = 9786
    call_command("demo")
    assert endpoints() == {"sandbox-alibaba": "http://127.0.0.1:9786", "sandbox-tuya": "http://127.0.0.1:9787"}


def test_another_key_is_the_one_that_signs(settings: Settings):
    call_command("demo")
    settings.SANDBOX_KEY = "demo-id:other-secret"
    call_command("demo")
    assert all(
        accounts.has_key(account, key_id="demo-id", key_secret="other-secret") for account in Account.objects.all()
    )


def test_a_secret_sealed_with_keys_that_are_no_more_is_sealed_anew():
    call_command("demo")
    Account.objects.update(sealed_access_key_secret="sealed with keys of another day")
    call_command("demo")
    assert all(
        accounts.has_key(account, key_id="demo-id", key_secret="demo-secret") for account in Account.objects.all()
    )


def test_another_password_is_the_one_that_counts(settings: Settings):
    call_command("demo")
    settings.DEMO_PASSWORD = "staple of the mast"
    call_command("demo")
    assert all(user.check_password("staple of the mast") for user in User.objects.all())


def test_one_that_an_administrator_has_set_is_the_demonstrations_again(settings: Settings):
    call_command("demo")
    settings.DEMO_PASSWORD = "staple of the mast"
    User.objects.update(provisional_until=timezone.now())
    call_command("demo")
    assert not User.objects.filter(provisional_until__isnull=False).exists()


def test_a_console_with_people_of_its_own_is_left_alone(capsys: pytest.CaptureFixture[str]):
    make.user("lin.wei", Role.ADMIN)
    call_command("demo")
    assert list(User.objects.values_list("username", flat=True)) == ["lin.wei"]
    assert not Account.objects.exists()
    assert "correct horse" not in capsys.readouterr().out


def test_a_console_with_an_account_of_its_own_is_left_alone():
    make.account(slug="alibaba-prod")
    call_command("demo")
    assert list(endpoints()) == ["alibaba-prod"]
    assert not User.objects.exists()


def test_without_a_password_it_says_so(settings: Settings):
    settings.DEMO_PASSWORD = ""
    with pytest.raises(CommandError, match="DEMO_PASSWORD is not set"):
        call_command("demo")
    assert not User.objects.exists()
