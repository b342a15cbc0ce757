import pytest

from console.lib.sealing import SealBrokenError
from console.models import Account, AuditEntry, User
from console.platforms.errors import NotSent
from console.sandbox.server import Sandbox
from console.services import accounts, audit, circuit, probes
from console.services.audit import fields_of
from console.services.roles import Role
from tests import make

CANARY = "canary-secret-5eAl3d"


@pytest.fixture
def admin(db: None) -> User:
    return make.user("admin", Role.ADMIN)


def entry(**changes: object) -> accounts.AccountEntry:
    values = {
        "slug": "main",
        "title": "Main",
        "platform": "alibaba",
        "endpoint": "https://iot.cn-shanghai.aliyuncs.com",
        "signature_scheme": "acs3",
        "access_key_id": "LTAI-example",
        "access_key_secret": CANARY,
        "region": "cn-shanghai",
    }
    return accounts.AccountEntry(**values | changes)  # type: ignore[arg-type]


def opened(account: Account) -> str:
    return accounts.sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)


def last_record() -> dict[str, object]:
    return fields_of(AuditEntry.objects.order_by("-id")[0].record)


def test_an_account_is_stored_with_its_secret_sealed(admin: User):
    account = accounts.create(entry=entry(), actor=admin)
    account.refresh_from_db()
    assert CANARY not in str(vars(account))
    assert opened(account) == CANARY


def test_the_trail_says_who_entered_it_and_no_secret(admin: User):
    account = accounts.create(entry=entry(), actor=admin)
    record = last_record()
    assert (record["action"], record["actor_id"], record["target_id"]) == ("account.create", admin.pk, str(account.pk))
    assert record["parameters"]["access_key_secret"] == "changed"
    assert record["parameters"]["endpoint"] == account.endpoint
    assert CANARY not in str(record)
    assert account.sealed_access_key_secret not in str(record)


def test_an_edit_without_a_secret_keeps_the_stored_one(admin: User):
    account = accounts.create(entry=entry(), actor=admin)
    accounts.update(account, entry=entry(title="Renamed", access_key_secret=""), actor=admin)
    account.refresh_from_db()
    assert (account.title, opened(account)) == ("Renamed", CANARY)
    assert last_record()["parameters"]["access_key_secret"] == "kept"


def test_an_edit_with_a_secret_replaces_it(admin: User):
    account = accounts.create(entry=entry(), actor=admin)
    accounts.update(account, entry=entry(access_key_secret="another"), actor=admin)
    account.refresh_from_db()
    assert opened(account) == "another"
    assert last_record()["parameters"]["access_key_secret"] == "changed"


def test_slug_and_platform_are_for_good(admin: User):
    account = accounts.create(entry=entry(), actor=admin)
    accounts.update(account, entry=entry(slug="other", platform="tuya"), actor=admin)
    account.refresh_from_db()
    assert (account.slug, account.platform) == ("main", "alibaba")
    assert make.trail() == [("account.create", "done"), ("account.update", "done")]


def test_a_ciphertext_moved_to_another_account_does_not_open(admin: User):
    one = accounts.create(entry=entry(), actor=admin)
    other = accounts.create(entry=entry(slug="other"), actor=admin)
    other.sealed_access_key_secret = one.sealed_access_key_secret
    with pytest.raises(SealBrokenError):
        opened(other)
    with pytest.raises(NotSent, match="does not open") as caught:
        accounts.client_for(other)
    assert CANARY not in str(caught.value)


def test_a_client_signs_with_the_key_of_its_account(alibaba: Account, sandbox: Sandbox):
    with accounts.client_for(alibaba) as client:
        assert client.query_product_list(1).value.products == ()
    assert [call["outcome"] for call in sandbox.control.calls()] == ["OK"]


def test_the_connection_has_the_settings_and_no_secret(admin: User, settings):
    settings.PLATFORM_READ_TIMEOUT_S = 3.0
    account = accounts.create(entry=entry(iot_instance_id="iot-060a0bgd"), actor=admin)
    connection = accounts.connection_of(account)
    assert (connection.iot_instance_id, connection.timeouts.read_s) == ("iot-060a0bgd", 3.0)
    assert CANARY not in repr(connection)


def test_an_edit_lets_the_next_read_find_out_whether_it_is_in_reach_again(admin: User, sandbox: Sandbox):
    account = make.account()
    for _ in range(circuit.FAILURES_TO_OPEN):
        circuit.note_failure(account, "The endpoint refused the connection.")
    mended = entry(
        endpoint=sandbox.url, access_key_id="sandbox-id", access_key_secret="sandbox-secret", slug=account.slug
    )
    accounts.update(account, entry=mended, actor=admin)
    probes.probe_due()
    assert circuit.find_open() == []


def test_a_change_is_told_with_what_was_before_and_the_secret_by_a_word(db: None, pm: User):
    account = make.account()
    entry = accounts.AccountEntry(
        slug=account.slug,
        title="Renamed",
        platform=account.platform,
        endpoint=account.endpoint,
        signature_scheme=account.signature_scheme,
        access_key_id=account.access_key_id,
        access_key_secret="another-secret",
        region=account.region,
    )
    accounts.update(account, entry=entry, actor=pm)
    told = audit.details_of(AuditEntry.objects.get(action="account.update")).parameters
    assert (told["before title"], told["after title"], told["slug"]) == ("Alibaba test", "Renamed", account.slug)
    assert told["access_key_secret"] == "changed"
    assert "by" not in told


def test_what_was_entered_can_be_printed_without_its_secret():
    assert CANARY not in repr(entry())
    assert entry().access_key_secret == CANARY
