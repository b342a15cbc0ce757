"""The proxy does to the wire what its plans say, and knows what came through."""

import threading
from urllib.parse import urlsplit

import pytest
import requests

from tests.faults import plans
from tests.faults.plans import Hold
from tests.faults.proxy import Proxy
from tests.platforms.wire_server import WireServer, answer

BODY = {"RequestId": "ABC", "Success": True}
WRITE = "CreateOTAModule"


@pytest.fixture
def platform():
    with WireServer(answer(BODY, keep_alive=False)) as server:
        yield server


@pytest.fixture
def proxy(platform):
    parts = urlsplit(platform.url)
    with Proxy((parts.hostname, parts.port)) as standing:
        yield standing


def call(proxy, action=WRITE, wait_s=5.0):
    return requests.post(f"{proxy.url}/", headers={"x-acs-action": action}, data="Name=radar", timeout=wait_s)


def test_it_relays_and_notes_both(proxy):
    assert call(proxy).json() == BODY
    (seen,) = proxy.seen
    assert (seen.action, seen.forwarded, seen.answer.request_id) == (WRITE, True, "ABC")
    assert seen.request.body == b"Name=radar"


def test_the_action_of_rpc_v1_is_a_parameter(proxy):
    requests.get(f"{proxy.url}/?Action=ListOTAModuleByProduct", timeout=5)
    requests.post(f"{proxy.url}/", data={"Action": "DeleteOTAModule"}, timeout=5)
    assert [seen.action for seen in proxy.seen] == ["ListOTAModuleByProduct", "DeleteOTAModule"]


def test_a_plan_takes_the_next_request_of_its_action_only(proxy):
    proxy.arm(WRITE, plans.reset_before)
    assert call(proxy, "QueryProduct").json() == BODY
    with pytest.raises(requests.ConnectionError):
        call(proxy)
    assert call(proxy).json() == BODY


@pytest.mark.parametrize(
    ("plan", "arrives"),
    [
        (plans.reset_before, 0),
        (plans.reset_after, 1),
        (plans.swallow, 0),
        (plans.answer_lost, 1),
        (plans.answer_cut, 1),
    ],
)
def test_no_answer_comes_and_the_platform_has_it_or_not(proxy, platform, plan, arrives):
    proxy.arm(WRITE, plan)
    with pytest.raises(requests.RequestException):
        call(proxy, wait_s=0.5)
    proxy.wait_until_idle()
    assert len(platform.requests) == arrives
    assert proxy.seen[0].forwarded == bool(arrives)


def test_half_a_request_is_no_request(proxy):
    proxy.arm(WRITE, plans.request_cut)
    with pytest.raises(requests.ConnectionError):
        call(proxy)
    assert not proxy.seen[0].forwarded


def test_a_late_request_arrives_when_nobody_waits_any_more(proxy, platform):
    proxy.arm(WRITE, plans.late(0.4))
    with pytest.raises(requests.Timeout):
        call(proxy, wait_s=0.1)
    assert len(platform.requests) == 0
    proxy.wait_until_idle()
    assert len(platform.requests) == 1


@pytest.mark.parametrize("forward_first", [True, False])
def test_a_request_is_held_until_it_is_let_go(proxy, platform, forward_first):
    hold = Hold(forward_first=forward_first)
    proxy.arm(WRITE, hold)
    answers = []
    caller = threading.Thread(target=lambda: answers.append(call(proxy).json()))
    caller.start()
    assert hold.reached.wait(5)
    assert (len(platform.requests), answers) == (int(forward_first), [])
    hold.released.set()
    caller.join()
    assert hold.passed_on.wait(5)
    assert answers == [BODY]


def test_closed_it_refuses(proxy):
    url = proxy.url
    proxy.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
