import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from console.models import Account, Module, User
from console.services.drift_items import claim
from tests import make


@pytest.fixture
def module(alibaba: Account) -> Module:
    return make.cached_module(make.cached_product(alibaba, "Lamp"), "scanner")


def things(module: Module, person: User) -> dict[str, object]:
    return {
        reverse("product-history", args=[module.product_id]): module.product,
        reverse("module-detail", args=[module.pk]): module,
        reverse("account-history", args=[module.product.account.slug]): module.product.account,
        reverse("user-history", args=[person.pk]): person,
    }


def told(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200
    return [line.what for line in response.context["lines"]]


def test_each_has_its_history_and_nothing_of_others(as_auditor: Client, module: Module, pm: User):
    other = make.cached_product(module.product.account, "Other")
    for url, thing in things(module, pm).items():
        before = told(as_auditor, url)
        make.entry(pm, action="account.sync", target=thing)
        make.entry(pm, action="product.refresh", target=other)
        assert told(as_auditor, url) == ["sync account", *before]


def test_a_products_history_tells_of_its_modules(as_auditor: Client, module: Module, pm: User):
    make.entry(pm, action="module.update", target=module)
    assert told(as_auditor, reverse("product-history", args=[module.product_id])) == ["edit module"]


def test_others_see_their_own_deeds_only(as_viewer: Client, as_pm: Client, module: Module, pm: User):
    make.entry(pm, action="module.update", target=module)
    url = reverse("module-detail", args=[module.pk])
    assert told(as_viewer, url) == []
    assert "You did nothing to it" in as_viewer.get(url).content.decode()
    assert told(as_pm, url) == ["edit module"]


def test_a_person_is_nobody_elses_business(as_viewer: Client, as_pm: Client, as_auditor: Client, pm: User):
    url = reverse("user-history", args=[pm.pk])
    assert as_viewer.get(url).status_code == 404
    assert as_pm.get(url).status_code == as_auditor.get(url).status_code == 200


def test_a_hidden_account_hides_it_all(as_auditor: Client, module: Module, pm: User):
    module.product.account.visible_to.add(Group.objects.create(name="line 4"))
    urls = [url for url, thing in things(module, pm).items() if thing != pm]
    assert [as_auditor.get(url).status_code for url in urls] == [404, 404, 404]


def test_a_claimed_module_says_who_made_it(as_viewer: Client, module: Module, pm: User):
    url = reverse("module-detail", args=[module.pk])
    assert "outside the console" in as_viewer.get(url).content.decode()
    claim(make.drift_item(module), person=pm, reason="She told me.", actor=pm)
    page = as_viewer.get(url).content.decode()
    assert "outside the console" not in page
    assert ">pm, " in page


def test_only_who_writes_finds_the_deeds(as_viewer: Client, as_pm: Client, module: Module):
    url, edit = reverse("module-detail", args=[module.pk]), reverse("module-update", args=[module.pk])
    assert edit in as_pm.get(url).content.decode()
    assert edit not in as_viewer.get(url).content.decode()


def test_the_pages_lead_there(as_admin: Client, module: Module):
    product = as_admin.get(reverse("product-detail", args=[module.product_id])).content.decode()
    assert reverse("product-history", args=[module.product_id]) in product
    assert reverse("module-detail", args=[module.pk]) in product
    slug = module.product.account.slug
    account = as_admin.get(reverse("account-update", args=[slug])).content.decode()
    assert reverse("account-history", args=[slug]) in account


def test_it_is_paged(as_auditor: Client, module: Module, pm: User):
    for _ in range(51):
        make.entry(pm, action="module.update", target=module)
    first = as_auditor.get(reverse("module-detail", args=[module.pk]))
    assert len(first.context["lines"]) == 50
    assert len(as_auditor.get(first.context["pages"].next_url).context["lines"]) == 1


@pytest.mark.parametrize("name", ["product-history", "module-detail"])
def test_what_is_unknown_is_not_found(as_auditor: Client, name: str):
    assert as_auditor.get(reverse(name, args=["00000000-0000-4000-8000-000000000009"])).status_code == 404
