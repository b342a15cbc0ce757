from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.models import AuditEntry, Product, User
from console.services import accounts
from console.services.roles import Role
from tests import make

CANARY = "canary-product-secret-5d1f"
PASSWORD = "correct horse battery"
REASON = "A device lost it"


@pytest.fixture
def product(db: None) -> Product:
    made = make.cached_product(make.account())
    made.sealed_product_secret = accounts.sealer().seal(CANARY, place=made.place_of_secret)
    made.save()
    return made


@pytest.fixture
def admin(db: None) -> User:
    return make.user("admin", Role.ADMIN, password=PASSWORD)


@pytest.fixture
def fresh(admin: User) -> Client:
    client = make.client(admin)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302
    return client


def page_of(product: Product) -> str:
    return reverse("product-reveal", args=[product.pk])


def form(**changes: str) -> dict[str, str]:
    return {"form_token": str(uuid4()), "reason": REASON} | changes


def told() -> list[tuple[str, str]]:
    return make.trail(action="product.reveal")


def shows(answer: HttpResponse) -> bool:
    return CANARY in answer.content.decode() + str(answer.headers) + str(answer.cookies)


def test_the_page_asks_for_a_reason_and_shows_nothing(fresh: Client, product: Product):
    answer = fresh.get(page_of(product))
    assert "Reveal the secret" in answer.content.decode()
    assert not shows(answer)
    assert told() == []


def test_the_answer_to_the_form_shows_it_and_the_trail_says_why(fresh: Client, product: Product):
    answer = fresh.post(page_of(product), form())
    assert (answer.status_code, shows(answer)) == (200, True)
    assert 'data-vanish="30"' in answer.content.decode()
    assert "Leave this page as soon as you have copied it" in answer.content.decode()
    assert told() == [("product.reveal", "done")]
    assert REASON in AuditEntry.objects.latest("id").record


def test_the_answer_is_kept_by_nobody(fresh: Client, product: Product):
    answer = fresh.post(page_of(product), form())
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert CANARY not in str(answer.headers)
    assert CANARY not in str(dict(fresh.session)) + str(fresh.cookies)


@pytest.mark.parametrize("path", ["/", "/audit/", "/products/", "/operations/"])
def test_no_page_after_it_shows_it(fresh: Client, product: Product, path: str):
    fresh.post(page_of(product), form())
    assert not shows(fresh.get(path))
    assert not shows(fresh.get(page_of(product)))
    assert not shows(fresh.get(reverse("product-detail", args=[product.pk])))


def test_a_reload_does_not_show_it_again(fresh: Client, product: Product):
    sent = form()
    fresh.post(page_of(product), sent)
    answer = fresh.post(page_of(product), sent)
    assert (answer.status_code, shows(answer)) == (409, False)
    assert sent["form_token"] not in answer.content.decode()
    assert told() == [("product.reveal", "done")]


@pytest.mark.parametrize("changes", [{"reason": ""}, {"reason": "   "}, {"reason": "x" * 301}, {"form_token": "none"}])
def test_without_a_reason_or_token_nothing_is_shown(fresh: Client, product: Product, changes: dict[str, str]):
    answer = fresh.post(page_of(product), form(**changes))
    assert (answer.status_code, shows(answer), told()) == (422, False, [])


def test_htmx_gets_only_the_part_of_the_page(fresh: Client, product: Product):
    answer = fresh.post(page_of(product), form(reason=""), headers=make.HTMX)
    assert answer.content.strip().startswith(b'<div id="reveal"')


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_did_not_prove_who_they_are_is_asked_to_first(admin: User, product: Product, method: str):
    answer = getattr(make.client(admin), method)(page_of(product), form())
    where = f"{reverse('account_reauthenticate')}?next=%2Fproducts%2F{product.pk}%2Freveal%2F"
    assert (answer.status_code, answer["Location"], told()) == (303, where, [])


def test_htmx_takes_the_whole_browser_there(admin: User, product: Product):
    answer = make.client(admin).post(page_of(product), form(), headers=make.HTMX)
    assert answer["HX-Redirect"].startswith(reverse("account_reauthenticate"))


def test_a_sign_in_is_not_proof_enough(admin: User, product: Product):
    client = Client()
    client.post(reverse("account_login"), {"login": "admin", "password": PASSWORD})
    assert client.post(page_of(product), form()).status_code == 303
    assert told() == []


def test_the_proof_lasts_five_minutes(fresh: Client, product: Product):
    with time_machine.travel(timezone.now() + timedelta(minutes=4, seconds=50)):
        assert shows(fresh.post(page_of(product), form()))
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=10)):
        assert fresh.post(page_of(product), form()).status_code == 303
    assert len(told()) == 1


def test_the_proof_of_somebody_else_counts_for_nothing(fresh: Client, product: Product):
    other = make.user("other", Role.ADMIN)
    fresh.force_login(other)
    assert fresh.post(page_of(product), form()).status_code == 403
    assert told() == []


def test_who_has_no_password_must_have_signed_in_just_now(product: Product):
    answer = make.client(make.user("sso", Role.ADMIN)).post(page_of(product), form())
    assert answer.status_code == 403
    assert "Sign out, sign in again" in answer.content.decode()
    assert told() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT_MANAGER, Role.AUDITOR])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_other_role_sees_it_and_the_attempt_is_told(product: Product, role: Role, method: str):
    answer = getattr(make.client(make.user("person", role)), method)(page_of(product), form())
    assert (answer.status_code, shows(answer)) == (403, False)
    assert told() == [("product.reveal", "denied")]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_auditors_and_admins_see_that_it_was_revealed_and_not_what(fresh: Client, product: Product, role: Role):
    fresh.post(page_of(product), form())
    reader = make.client(make.user("reader", role))
    shown = reader.get(reverse("audit-detail", args=[AuditEntry.objects.latest("id").pk]))
    assert "reveal ProductSecret" in shown.content.decode()
    assert REASON in shown.content.decode()
    assert not shows(shown)


def test_a_product_manager_does_not_see_that_it_was(fresh: Client, product: Product):
    fresh.post(page_of(product), form())
    page = make.client(make.user("reader", Role.PRODUCT_MANAGER)).get("/audit/").content.decode()
    assert "by <b>admin</b>" not in page
    assert product.product_name not in page


def test_only_admins_find_the_way(product: Product, as_admin: Client, as_auditor: Client, as_pm: Client):
    pages = [kind.get(reverse("product-detail", args=[product.pk])) for kind in (as_admin, as_auditor, as_pm)]
    assert [page_of(product) in page.content.decode() for page in pages] == [True, False, False]


def test_a_secret_that_is_not_known_is_said_to_be_so(fresh: Client, product: Product):
    Product.objects.update(sealed_product_secret="")
    assert "The console does not know it" in fresh.get(page_of(product)).content.decode()
    answer = fresh.post(page_of(product), form())
    assert answer.status_code == 409
    assert "Refresh the product" in answer.content.decode()


def test_a_secret_that_does_not_open_is_said_to_be_so(fresh: Client, product: Product):
    Product.objects.update(sealed_product_secret=accounts.sealer().seal(CANARY, place="elsewhere"))
    answer = fresh.post(page_of(product), form())
    assert (answer.status_code, shows(answer)) == (409, False)
    assert told() == [("product.reveal", "unreadable")]


def test_an_unknown_product(fresh: Client):
    assert fresh.get(reverse("product-reveal", args=[uuid4()])).status_code == 404


def test_a_hostile_reason_is_shown_as_text(fresh: Client, product: Product):
    fresh.post(page_of(product), form(reason="<script>alert(1)</script>"))
    entry = reverse("audit-detail", args=[AuditEntry.objects.latest("id").pk])
    assert "<script>alert(1)" not in fresh.get(entry).content.decode()
