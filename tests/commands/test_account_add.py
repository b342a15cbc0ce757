import io
import sys

import pytest
from django.core.management import CommandError, call_command

from console.models import Account, AuditEntry
from console.services import accounts

SECRET = "a secret of many words"
ENTERED = {
    "slug": "tuya-eu",
    "platform": "tuya",
    "endpoint": "https://eu.tuyacloud.com:8686",
    "access_key_id": "entered-id",
}


@pytest.fixture(autouse=True)
def _secret_on_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))


def test_the_secret_comes_from_standard_input_and_is_not_echoed(db: None, capsys: pytest.CaptureFixture[str]):
    call_command("account_add", **ENTERED)
    account = Account.objects.get()
    assert (account.slug, account.title, account.signature_scheme) == ("tuya-eu", "tuya-eu", "rpc-v1")
    assert accounts.sealer().open(account.sealed_access_key_secret, place=account.place_of_secret) == SECRET
    said = capsys.readouterr()
    assert said.out == "The account tuya-eu is entered.\n"
    assert said.err == ""


def test_it_is_limited_to_the_groups_that_are_named(db: None):
    with pytest.raises(CommandError, match="visible_to"):
        call_command("account_add", **ENTERED, visible_to=["nobody of that name"])
    sys.stdin.seek(0)
    call_command("account_add", **ENTERED, visible_to=["auditor", "viewer"])
    assert sorted(Account.objects.get().visible_to.values_list("name", flat=True)) == ["auditor", "viewer"]


def test_the_trail_tells_of_it_without_a_person(db: None):
    call_command("account_add", **ENTERED)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.actor) == ("account.create", "done", None)
    assert SECRET not in entry.record


def test_alibaba_signs_with_the_new_scheme_unless_told_otherwise(db: None):
    call_command(
        "account_add",
        slug="alibaba-prod",
        platform="alibaba",
        endpoint="https://iot.cn-shanghai.aliyuncs.com",
        access_key_id="entered-id",
        region="cn-shanghai",
        is_protected=True,
    )
    account = Account.objects.get()
    assert (account.signature_scheme, account.region, account.is_protected) == ("acs3", "cn-shanghai", True)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"endpoint": "http://eu.tuyacloud.com"}, "endpoint: An endpoint must use https"),
        ({"platform": "acme"}, "platform: Select a valid choice"),
        ({"signature_scheme": "acs3"}, "signature_scheme: Tuya documents only"),
        ({"slug": "two words"}, "slug: "),
    ],
)
def test_what_is_invalid_ends_in_words_and_stores_nothing(db: None, changes: dict[str, str], word: str):
    with pytest.raises(CommandError, match=word) as caught:
        call_command("account_add", **ENTERED | changes)
    assert SECRET not in str(caught.value)
    assert not Account.objects.exists()


def test_no_secret_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="access_key_secret: This field is required"):
        call_command("account_add", **ENTERED)


def test_the_same_slug_twice_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch):
    call_command("account_add", **ENTERED)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\n"))
    with pytest.raises(CommandError, match="There is an account"):
        call_command("account_add", **ENTERED)
