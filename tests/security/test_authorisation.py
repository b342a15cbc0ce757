"""Every route, every role, an account of one's own and one that is closed: nothing of the closed one shows, and
nothing is done to it. The routes come from the console's own table: a new one is tried without being entered here,
and fails if its address names something that is not known here, or if nobody guards it.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse

from console import urls
from console.models import AuditEntry, DriftItem, Operation, Product, User
from console.services import audit_search
from console.services.roles import MATRIX, Role, grant
from tests import make
from tests.security.closed_account import SLUG, Closed, closed_account, filters_of, form_of, state_of, told, traces_in

OUTSIDERS = (Role.VIEWER, Role.PRODUCT_MANAGER, Role.AUDITOR)
# Sign-in and its settings know no account, and whoever manages people sees all accounts.
ELSEWHERE = ("auth/", "admin/")
UNGUARDED = {"theme", "healthz", "readyz"}
OURS = {
    pattern.name: pattern
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern) and not str(pattern.pattern).startswith(ELSEWHERE)
}
GUARDED = {name: pattern.callback for name, pattern in OURS.items() if hasattr(pattern.callback, "permission")}
PARTS = {"slug", "product_id", "module_id", "operation_id", "item_id", "run_id", "entry_id"}
OF_PEOPLE = {"user_id"}
NAMING = sorted(name for name in GUARDED if PARTS & OURS[name].pattern.converters.keys())
PAGES = sorted(GUARDED.keys() - set(NAMING))
SHOWING = ("overview", "product-list", "module-list", "operation-list", "drift-list", "audit-list")


@pytest.fixture
def person(db: None) -> User:
    return make.user("person")


@pytest.fixture
def closed(person: User) -> Closed:
    """Beside it an account that everybody sees, so that lists and choices are not empty."""
    make.cached_product(make.account(slug="open-works"), "Open_lamp")
    return closed_account(person)


@pytest.fixture(params=OUTSIDERS)
def role(request: pytest.FixtureRequest) -> Role:
    return request.param


def signed_in(person: User, role: Role) -> Client:
    grant(person, role)
    return make.client(person)


def tries(client: Client, url: str, form: dict[str, object]) -> Iterator[object]:
    for headers in ({}, make.HTMX):
        yield client.get(url, headers=headers)
        yield client.post(url, form, headers=headers)


def url_of(name: str, parts: dict[str, object]) -> str:
    return reverse(name, kwargs={part: parts[part] for part in OURS[name].pattern.converters})


def test_every_route_is_guarded_and_names_what_is_known_here():
    assert OURS.keys() - GUARDED.keys() == UNGUARDED
    assert {part for name in GUARDED for part in OURS[name].pattern.converters} == PARTS | OF_PEOPLE


@pytest.mark.parametrize("name", NAMING)
def test_a_closed_account_is_answered_like_one_that_there_is_not(name: str, role: Role, person: User, closed: Closed):
    client, view, before = signed_in(person, role), GUARDED[name], state_of(closed)
    answers = list(tries(client, url_of(name, closed.parts), form_of(closed)))
    statuses = [answer.status_code for answer in answers]
    if view.permission in MATRIX[role]:
        assert 404 in statuses
        assert set(statuses) <= {404, 405}
    else:
        assert set(statuses) == {403}
    assert [traces_in(answer, SLUG) for answer in answers] == [[]] * len(answers)
    assert state_of(closed) == before
    if view.action:
        # Every other one is a deed; to open its form is none yet, but for a few routes.
        deeds = [status for status in statuses[1::2] if status != 405]
        assert told(closed, view.action) >= len(deeds)


@pytest.mark.parametrize("name", [name for name in NAMING if "slug" not in OURS[name].pattern.converters])
def test_the_answer_does_not_say_whether_there_is_one(name: str, role: Role, person: User, closed: Closed):
    client = signed_in(person, role)
    unknown = {part: 999_999 if part == "entry_id" else UUID(int=1) for part in PARTS}
    theirs = tries(client, url_of(name, closed.parts), {})
    nobodys = tries(client, url_of(name, unknown), {})
    for one, other in zip(theirs, nobodys, strict=True):
        assert (one.status_code, one.content) == (other.status_code, other.content)


@pytest.mark.parametrize("name", NAMING)
@pytest.mark.parametrize("role", Role)
def test_ones_own_account_is_open_as_far_as_the_role_goes(name: str, role: Role, person: User, closed: Closed):
    if role != Role.ADMIN:
        closed.group.user_set.add(person)
    client, url = signed_in(person, role), url_of(name, closed.parts)
    statuses = {client.get(url).status_code, client.post(url).status_code} - {405}
    if GUARDED[name].permission in MATRIX[role]:
        assert statuses
        assert 404 not in statuses
    else:
        assert statuses == {403}


@pytest.mark.parametrize("page", ["/products/new/", "/products/{}/modules/new/"])
def test_a_form_that_was_sent_to_it_before_does_not_tell_of_it(page: str, person: User, closed: Closed):
    """The form stands in another tab since before the account was closed."""
    sent = Operation.objects.filter(account=closed.account).latest("created_at")
    form = form_of(closed) | {"account": "open-works", "form_token": sent.form_token}
    url = page.format(Product.objects.get(product_name="Open_lamp").pk)
    answer = signed_in(person, Role.PRODUCT_MANAGER).post(url, form)
    assert answer.status_code == 409
    assert "This form was sent before." in answer.content.decode()
    assert traces_in(answer) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_it_counts_it_or_offers_it(name: str, role: Role, person: User, closed: Closed):
    client = signed_in(person, role)
    for query in filters_of(closed):
        for headers in ({}, make.HTMX):
            response = client.get(url_of(name, closed.parts), query, headers=headers)
            assert traces_in(response, query) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_form_reaches_it(name: str, role: Role, person: User, closed: Closed):
    client, before = signed_in(person, role), state_of(closed)
    for headers in ({}, make.HTMX):
        assert traces_in(client.post(url_of(name, closed.parts), form_of(closed), headers=headers), SLUG) == []
    assert state_of(closed) == before


@pytest.mark.parametrize("name", ["product-create", "product-register", "drift-accept-several"])
def test_a_form_that_aims_at_it_is_told_and_answered_as_if_it_did_not_exist(name: str, person: User, closed: Closed):
    client = signed_in(person, Role.PRODUCT_MANAGER)
    theirs = client.post(reverse(name), form_of(closed))
    times = told(closed, GUARDED[name].action)
    assert times
    nobodys = client.post(reverse(name), form_of(closed) | {"account": "nobodys", "item": [UUID(int=1)]})
    assert told(closed, GUARDED[name].action) == times
    assert theirs.status_code == nobodys.status_code
    if theirs.context:
        assert str(theirs.context["form"].errors).replace(SLUG, "nobodys") == str(nobodys.context["form"].errors)


def test_the_badges_and_figures_do_not_count_it(role: Role, person: User, closed: Closed):
    context = signed_in(person, role).get("/").context
    assert (context["nav_unsettled"], context["nav_drift"]) == (0, 0)
    figures = context["figures"]
    assert (figures.unsettled, figures.created, figures.near_limit, figures.accounts) == (0, 0, 0, 1)


@pytest.mark.parametrize("name", SHOWING)
def test_whoever_is_in_the_group_sees_it(name: str, role: Role, person: User, closed: Closed):
    closed.group.user_set.add(person)
    response = signed_in(person, role).get(reverse(name))
    assert traces_in(response)
    assert (response.context["nav_unsettled"], response.context["nav_drift"]) == (1, 1)


@pytest.mark.parametrize("name", [*SHOWING, "account-list"])
def test_whoever_manages_accounts_sees_it(name: str, person: User, closed: Closed):
    assert traces_in(signed_in(person, Role.ADMIN).get(reverse(name)))


def test_the_denied_attempt_is_hidden_from_who_made_it(person: User, closed: Closed):
    client = signed_in(person, Role.PRODUCT_MANAGER)
    client.post(url_of("sync-start", closed.parts))
    assert told(closed, "account.sync") == 1
    entry = AuditEntry.objects.get(action="account.sync", outcome="denied")
    assert entry.actor == person
    found = audit_search.find_entries(search=audit_search.Search(), reader=person)
    assert entry not in found.rows


def test_what_is_ticked_among_ones_own_is_accepted_without_it(person: User, closed: Closed):
    own = make.drift_item(make.cached_product(make.account(slug="own"), "Own_lamp"))
    hidden = DriftItem.objects.get(pk=closed.parts["item_id"])
    client = signed_in(person, Role.PRODUCT_MANAGER)
    client.post(reverse("drift-accept-several"), {"item": [own.pk, hidden.pk]})
    own.refresh_from_db()
    hidden.refresh_from_db()
    assert (own.is_open, hidden.is_open) == (False, True)


def test_limited_accounts_cost_no_queries(role: Role, person: User, closed: Closed):
    client = signed_in(person, role)

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(name))
        return len(captured)

    few = [queries(name) for name in SHOWING]
    for number in range(5):
        make.account(slug=f"closed-{number}").visible_to.set([closed.group])
    assert [queries(name) for name in SHOWING] == few
