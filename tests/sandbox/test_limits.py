import pytest

from console.sandbox.limits import RateLimiter, quota_group
from console.sandbox.server import Sandbox
from tests.sandbox.caller import Caller


def test_published_limit_of_a_sliding_second():
    with Sandbox() as sandbox:
        caller = Caller(sandbox.url)
        answers = [caller.call("GetThingTemplate") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 400]
        assert answers[-1].json()["Code"] == "Throttling.User"
        assert answers[-1].json()["Message"] == "Request was denied due to user flow control."


def test_groups_and_owners_do_not_share():
    limiter = RateLimiter({"a": 1, "b": 1})
    assert [limiter.admit("x", "a"), limiter.admit("x", "b"), limiter.admit("y", "a")] == [True] * 3
    assert not limiter.admit("x", "a")


def test_a_place_is_free_again_after_a_second():
    now = 100.0
    limiter = RateLimiter({"a": 2}, clock=lambda: now)
    assert [limiter.admit("x", "a") for _ in range(3)] == [True, True, False]
    now = 100.99
    assert not limiter.admit("x", "a")
    now = 101.0
    assert [limiter.admit("x", "a") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("page", "size", "group"),
    [
        ("1", "200", "QueryProductList"),
        ("499", "200", "QueryProductList"),
        ("500", "200", "QueryProductList.deep"),
        ("x", "200", "QueryProductList"),
        ("", "", "QueryProductList"),
    ],
)
def test_deep_pages_have_a_quota_of_their_own(page, size, group):
    assert quota_group("QueryProductList", {"CurrentPage": page, "PageSize": size}) == group


def test_limits_can_be_replaced():
    with Sandbox(limits={"ListThingTemplates": 1}) as sandbox:
        caller = Caller(sandbox.url)
        assert [caller.call("ListThingTemplates").status for _ in range(2)] == [200, 400]


def test_limits_can_be_off():
    with Sandbox(limits=False) as sandbox:
        caller = Caller(sandbox.url)
        assert {caller.call("GetThingTemplate").status for _ in range(10)} == {200}
