"""Every route and every kind of person: who gets in. A route that this table does not know fails it."""

import functools
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils import timezone

from console import urls
from console.models import Account, AuditEntry, Module, Operation, SyncRun
from console.services import audit
from console.services.roles import Role
from tests import make

ID = UUID("00000000-0000-4000-8000-000000000001")
PEOPLE = ("anonymous", "nobody", Role.VIEWER, Role.PRODUCT_MANAGER, Role.AUDITOR, Role.ADMIN)
TO_SIGN_IN = 302
IN, OUT = "in", 403

BROWSE = (TO_SIGN_IN, OUT, IN, IN, IN, IN)
WRITE = (TO_SIGN_IN, OUT, OUT, IN, OUT, IN)
MANAGE = (TO_SIGN_IN, OUT, OUT, OUT, OUT, IN)
SIGNED_IN = (TO_SIGN_IN, IN, IN, IN, IN, IN)
OPEN = (IN, IN, IN, IN, IN, IN)
# Nobody here has one, so there is nothing to look at or to remove.
NOT_ONES_OWN = (TO_SIGN_IN, 404, 404, 404, 404, 404)
# Single sign-on is not set up.
NOWHERE = (404, 404, 404, 404, 404, 404)
# Signed out by it, the person too.
ENDED = (TO_SIGN_IN,) * 6
# Open to anybody, or to those between the password and the second factor: these send on by themselves.
ON_THE_WAY = {"account_logout", "mfa_authenticate", "mfa_login_webauthn"}

PRODUCT, MODULE, OPERATION, ITEM = {"product_id": ID}, {"module_id": ID}, {"operation_id": ID}, {"item_id": ID}
FACTOR, SESSION, PROVIDER = {"pk": 1}, {"session_id": 1}, {"provider_id": "sso"}
ACCOUNT, RUN, ENTRY = {"slug": "alibaba-test"}, {"run_id": ID}, {"entry_id": 1}

GET: dict[str, tuple[dict[str, object], tuple[object, ...]]] = {
    "overview": ({}, BROWSE),
    "product-list": ({}, BROWSE),
    "product-create": ({}, WRITE),
    "product-register": ({}, WRITE),
    "product-detail": (PRODUCT, BROWSE),
    "product-update": (PRODUCT, WRITE),
    "product-reveal": (PRODUCT, MANAGE),
    "module-create": (PRODUCT, WRITE),
    "module-check": (PRODUCT, WRITE),
    "module-list": ({}, BROWSE),
    "module-detail": (MODULE, BROWSE),
    "product-history": (PRODUCT, BROWSE),
    "account-history": (ACCOUNT, BROWSE),
    "user-history": ({"user_id": 0}, (TO_SIGN_IN, OUT, 404, 404, 404, 404)),
    "user-pseudonymise": ({"user_id": 0}, (TO_SIGN_IN, OUT, OUT, OUT, OUT, 404)),
    "user-sign-out": ({"user_id": 0}, (TO_SIGN_IN, OUT, OUT, OUT, OUT, 404)),
    "module-update": (MODULE, WRITE),
    "module-delete": (MODULE, WRITE),
    "operation-list": ({}, BROWSE),
    "operation-detail": (OPERATION, BROWSE),
    "drift-list": ({}, BROWSE),
    "drift-detail": (ITEM, BROWSE),
    "audit-list": ({}, BROWSE),
    "audit-export": ({}, BROWSE),
    "audit-state": ({}, (TO_SIGN_IN, OUT, OUT, OUT, IN, IN)),
    "audit-detail": (ENTRY, (TO_SIGN_IN, OUT, 404, 404, IN, IN)),
    "account-list": ({}, MANAGE),
    "account-create": ({}, MANAGE),
    "account-update": (ACCOUNT, MANAGE),
    "sync-detail": (RUN, BROWSE),
    "healthz": ({}, OPEN),
    "readyz": ({}, OPEN),
    "account_login": ({}, OPEN),
    "account_inactive": ({}, OPEN),
    "account_logout": ({}, SIGNED_IN),
    "account_change_password": ({}, SIGNED_IN),
    "account_set_password": ({}, SIGNED_IN),
    "account_reauthenticate": ({}, SIGNED_IN),
    "mfa_index": ({}, SIGNED_IN),
    "mfa_authenticate": ({}, SIGNED_IN),
    "mfa_reauthenticate": ({}, SIGNED_IN),
    "mfa_reauthenticate_webauthn": ({}, SIGNED_IN),
    "mfa_activate_totp": ({}, SIGNED_IN),
    "mfa_deactivate_totp": ({}, NOT_ONES_OWN),
    "mfa_list_webauthn": ({}, SIGNED_IN),
    "mfa_add_webauthn": ({}, SIGNED_IN),
    "mfa_edit_webauthn": (FACTOR, SIGNED_IN),
    "mfa_remove_webauthn": (FACTOR, SIGNED_IN),
    "mfa_view_recovery_codes": ({}, NOT_ONES_OWN),
    "mfa_generate_recovery_codes": ({}, SIGNED_IN),
    "mfa_login_webauthn": ({}, SIGNED_IN),
    "session-list": ({}, SIGNED_IN),
    "openid_connect_login": (PROVIDER, NOWHERE),
    "openid_connect_callback": (PROVIDER, NOWHERE),
    "socialaccount_login_cancelled": ({}, OPEN),
    "admin:login": ({}, (TO_SIGN_IN, OUT, OUT, OUT, OUT, IN)),
    "admin:index": ({}, (TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, IN)),
    "admin:console_user_changelist": ({}, (TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, TO_SIGN_IN, IN)),
}
POST: dict[str, tuple[dict[str, object], tuple[object, ...]]] = {
    "product-create": ({}, WRITE),
    "product-register": ({}, WRITE),
    "product-update": (PRODUCT, WRITE),
    "product-refresh": (PRODUCT, WRITE),
    "product-reveal": (PRODUCT, MANAGE),
    "module-create": (PRODUCT, WRITE),
    "user-pseudonymise": ({"user_id": 0}, (TO_SIGN_IN, OUT, OUT, OUT, OUT, 404)),
    "user-sign-out": ({"user_id": 0}, (TO_SIGN_IN, OUT, OUT, OUT, OUT, 404)),
    "module-update": (MODULE, WRITE),
    "module-delete": (MODULE, WRITE),
    "operation-look": (OPERATION, WRITE),
    "operation-adopt": (OPERATION, WRITE),
    "operation-retry": (OPERATION, WRITE),
    "operation-abandon": (OPERATION, WRITE),
    "account-create": ({}, MANAGE),
    "account-update": (ACCOUNT, MANAGE),
    "account-quota": (ACCOUNT, MANAGE),
    "sync-start": (ACCOUNT, WRITE),
    "sync-cancel": (RUN, WRITE),
    "drift-accept-several": ({}, WRITE),
    "drift-accept": (ITEM, WRITE),
    "drift-claim": (ITEM, WRITE),
    "drift-ignore": (ITEM, WRITE),
    "account-probe": (ACCOUNT, WRITE),
    "audit-export": ({}, BROWSE),
    "audit-verify": ({}, (TO_SIGN_IN, OUT, OUT, OUT, IN, IN)),
    "theme": ({}, SIGNED_IN),
    "account_change_password": ({}, SIGNED_IN),
    "account_set_password": ({}, SIGNED_IN),
    "account_reauthenticate": ({}, SIGNED_IN),
    "session-end": (SESSION, SIGNED_IN),
    "session-end-all": ({}, ENDED),
    "openid_connect_login": (PROVIDER, NOWHERE),
}
CASES = [
    pytest.param(method, name, who, expected, id=f"{method} {name} {who}")
    for method, table in (("get", GET), ("post", POST))
    for name, (_, row) in table.items()
    for who, expected in zip(PEOPLE, row, strict=True)
]


@pytest.fixture
def _things(db: None) -> None:
    """One of everything that a route can name."""
    account = make.account()
    product = make.cached_product(account, pk=ID)
    make.cached_module(product, pk=ID)
    now = timezone.now()
    SyncRun.objects.create(pk=ID, account=account, started_at=now, touched_at=now)
    make.drift_item(product, pk=ID)
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


def client_of(who: str) -> Client:
    client = Client()
    if who != "anonymous":
        person = make.user("person", *([Role(who)] if who != "nobody" else []))
        person.password = a_hash()
        person.save(update_fields=["password"])
        client.force_login(person)
    return client


@functools.cache
def a_hash() -> str:
    """Of one password for all: hashing is slow on purpose."""
    return make_password("correct horse battery")


def address(name: str) -> str:
    values = (GET | POST)[name][0]
    if name == "audit-detail":
        values = {"entry_id": AuditEntry.objects.earliest("id").pk}
    return reverse(name, kwargs=values)


def test_the_table_knows_every_route():
    routes = {pattern.name for pattern in urls.urlpatterns if not isinstance(pattern, URLResolver)}
    assert routes == {name for name in GET | POST if not name.startswith("admin:")}


@pytest.mark.parametrize(("method", "name", "who", "expected"), CASES)
@pytest.mark.usefixtures("_things")
def test_who_gets_in(method: str, name: str, who: str, expected: object):
    response = getattr(client_of(who), method)(address(name))
    if expected == IN:
        # Inside, an empty form is invalid; what matters is that nobody was turned away.
        assert response.status_code in {200, 303, 409, 422, 503} or is_redirect_within(response)
    else:
        assert response.status_code == expected
    if expected == TO_SIGN_IN:
        assert "/login/" in response["Location"]


def is_redirect_within(response: object) -> bool:
    return response.status_code == 302 and "/login/" not in response["Location"]


@pytest.mark.parametrize(
    "name",
    [name for name, (_, row) in GET.items() if row[0] == TO_SIGN_IN and ":" not in name and name not in ON_THE_WAY],
)
@pytest.mark.usefixtures("_things")
def test_htmx_sends_the_whole_browser_to_sign_in(client: Client, name: str):
    response = client.get(address(name), headers=make.HTMX)
    assert response.status_code == 200
    assert response["HX-Redirect"].startswith("/auth/login/?next=")


@pytest.mark.parametrize("name", POST)
@pytest.mark.usefixtures("_things")
def test_a_form_without_its_token_is_not_taken(name: str):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user("admin", Role.ADMIN))
    before = counts()
    assert client.post(address(name)).status_code == 403
    assert counts() == before


@pytest.mark.parametrize("name", ["account_login", "account_logout"])
def test_sign_in_and_out_without_a_token_are_not_taken(name: str, db: None):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user("admin", Role.ADMIN))
    assert client.post(reverse(name)).status_code == 403


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Account, Module, Operation, SyncRun, AuditEntry))


@pytest.mark.parametrize("name", sorted(POST.keys() - GET.keys()))
@pytest.mark.usefixtures("_things")
def test_a_deed_is_not_done_by_reading(as_admin: Client, name: str):
    assert as_admin.get(address(name)).status_code == 405


@pytest.mark.usefixtures("_things")
def test_every_denied_deed_is_told_in_words(as_viewer: Client):
    closed = [name for name, (_, row) in POST.items() if row in (WRITE, MANAGE)]
    for name in closed:
        as_viewer.post(address(name))
    told = AuditEntry.objects.filter(outcome="denied").values_list("action", flat=True)
    assert len(told) == len(closed)
    assert set(told) <= audit.ACTIONS.keys()


@pytest.mark.parametrize("name", [name for name in GET if ":" not in name])
@pytest.mark.usefixtures("_things")
def test_whoever_may_look_may_ask_for_the_head_alone(as_admin: Client, name: str):
    assert as_admin.head(address(name)).status_code == as_admin.get(address(name)).status_code
