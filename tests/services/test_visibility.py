"""Who sees which accounts: by the groups that an account names and the person is in."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from console.models import Account, Circuit, User
from console.services import visibility
from console.services.roles import Role
from tests import make
from tests.views import ledger_rows

FINDERS = (
    visibility.accounts_of,
    visibility.products_of,
    visibility.modules_of,
    visibility.operations_of,
    visibility.drift_of,
    visibility.syncs_of,
    visibility.circuits_of,
    visibility.entries_of,
)


@pytest.fixture
def account(db: None) -> Account:
    """An account with one of everything, also one entry that an administrator left."""
    made = make.account(slug="lamps")
    product = make.cached_product(made)
    make.cached_module(product)
    make.drift_item(product)
    made.syncs.create(started_at=product.created_at, touched_at=product.created_at)
    Circuit.objects.create(account=made)
    ledger_rows.operation(product, make.user("colleague", Role.PRODUCT_MANAGER))
    return made


def team(name: str, *people: User) -> Group:
    group = Group.objects.create(name=name)
    group.user_set.add(*people)
    return group


def seen_by(person: User) -> set[int]:
    """How many of everything, for each finder: all of them together, or none."""
    return {finder(person).count() for finder in FINDERS}


@pytest.mark.parametrize("role", Role)
def test_an_account_that_names_no_group_is_everybodys(account: Account, role: Role):
    person = make.user("person", role)
    make.entry(person, account=account)
    assert all(finder(person).exists() for finder in FINDERS)
    assert not visibility.hidden_from(person).exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT_MANAGER, Role.AUDITOR])
def test_a_limited_account_is_closed_with_all_that_is_in_it(account: Account, role: Role):
    person = make.user("person", role)
    make.entry(person, account=account)
    account.visible_to.set([team("lamp makers", make.user("other"))])
    assert seen_by(person) == {0}
    assert visibility.hidden_from(person).get() == account


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCT_MANAGER, Role.AUDITOR])
def test_one_group_of_several_is_enough_and_shows_each_row_once(account: Account, role: Role):
    person = make.user("person", role)
    make.entry(person, account=account)
    account.visible_to.set([team("lamp makers", person), team("lock makers", person), team("others")])
    assert {finder(person).count() for finder in FINDERS[:-1]} == {1}
    assert visibility.entries_of(person).filter(account_slug="lamps").exists()
    assert not visibility.hidden_from(person).exists()


def test_who_manages_accounts_sees_all_of_them(account: Account):
    account.visible_to.set([team("lamp makers")])
    for person in (make.user("admin", Role.ADMIN), User.objects.create(username="root", is_superuser=True)):
        assert all(finder(person).exists() for finder in FINDERS)
        assert not visibility.hidden_from(person).exists()


def test_the_group_of_a_role_limits_as_any_other(account: Account):
    account.visible_to.set([Group.objects.get(name=Role.AUDITOR)])
    assert visibility.accounts_of(make.user("auditor", Role.AUDITOR)).exists()
    assert not visibility.accounts_of(make.user("viewer", Role.VIEWER)).exists()


def test_other_accounts_stay_as_they_are(account: Account):
    open_one = make.account(slug="locks")
    account.visible_to.set([team("lamp makers")])
    person = make.user("person", Role.VIEWER)
    assert visibility.accounts_of(person).get() == open_one


def test_entries_about_no_account_are_for_who_may_read_all(account: Account):
    person, auditor = make.user("person", Role.VIEWER), make.user("auditor", Role.AUDITOR)
    account.visible_to.set([team("lamp makers")])
    own, others = make.entry(person), make.entry(None)
    assert set(visibility.entries_of(auditor)) == {own, others}
    assert set(visibility.entries_of(person)) == {own}


@pytest.mark.parametrize("role", Role)
def test_each_is_one_query(account: Account, role: Role, django_assert_num_queries: DjangoAssertNumQueries):
    account.visible_to.set([team("lamp makers")])
    person = make.user("person", role)
    assert person.group_names
    for finder in FINDERS:
        with django_assert_num_queries(1):
            read(finder(person))


def read(rows: QuerySet) -> None:
    list(rows)
