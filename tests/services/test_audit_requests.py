import ast
import shlex
from uuid import uuid4

import pytest

from console.models import Account, AuditEntry, Outcome, User
from console.sandbox.server import Sandbox
from console.services import modules
from console.services.audit_requests import Sent, get_request
from tests import make


def request_of(entry: AuditEntry, account: Account) -> Sent:
    sent = get_request(entry, account)
    assert sent
    return sent


def created(account: Account, pm: User, name: str = "Light_Living") -> AuditEntry:
    make.created_product(account, pm, name)
    return AuditEntry.objects.filter(action="product.create").latest("id")


def test_the_request_is_the_one_that_was_sent_but_for_what_is_secret(alibaba: Account, pm: User):
    sent = request_of(created(alibaba, pm), alibaba)
    assert (sent.action, sent.body) == ("CreateProduct", "")
    assert sent.line == "POST /?NodeType=0&ProductName=Light_Living"
    assert sent.headers["x-acs-action"] == "CreateProduct"
    assert sent.headers["authorization"].endswith("Signature=SIGNATURE")
    assert "Credential=ACCESS_KEY_ID," in sent.headers["authorization"]


def test_rpc_v1_carries_it_all_in_the_body(sandbox: Sandbox, pm: User):
    account = make.account(endpoint=sandbox.url, scheme="rpc-v1")
    sent = request_of(created(account, pm), account)
    assert sent.line == "POST /"
    assert "Action=CreateProduct" in sent.body
    assert sent.body.endswith("&Signature=SIGNATURE")
    assert "--data" in sent.curl


@pytest.mark.parametrize("platform", ["alibaba", "tuya"])
def test_no_key_and_no_signature_is_shown(sandbox: Sandbox, pm: User, platform: str):
    account = make.account(platform=platform, endpoint=sandbox.url if platform == "alibaba" else sandbox.tuya_url)
    product = make.cached_product(account)
    entry = make.entry(
        pm,
        action="module.create",
        account=account,
        target=product,
        parameters={"ProductKey": product.product_key, "ModuleName": "scanner"},
    )
    assert not any(secret in str(request_of(entry, account)) for secret in ("sandbox-id", "sandbox-secret"))


def test_what_people_entered_is_quoted_for_the_shell_and_for_python(alibaba: Account, pm: User):
    hostile = 'it\'s "$(rm -rf /)" `id` \\ {x} 灯'
    # A name comes from the database, where somebody may have changed it.
    parameters = {"ProductKey": "a1", "ModuleName": hostile, "x; echo": "1"}
    entry = make.entry(pm, action="module.create", account=alibaba, parameters=parameters)
    sent = request_of(entry, alibaba)
    words = shlex.split(sent.cli.replace("\\\n", ""))
    assert words[:3] == ["aliyun", "iot", "CreateOTAModule"]
    assert words[words.index("--ModuleName") + 1] == hostile
    assert words[words.index("--x; echo") + 1] == "1"
    (asked,) = [node for node in ast.walk(ast.parse(sent.python)) if isinstance(node, ast.Dict)]
    assert ast.literal_eval(asked) == parameters
    assert shlex.split(sent.curl.replace("\\\n", ""))[:3] == ["curl", "-X", "POST"]


def test_tuya_has_neither_an_sdk_nor_a_command(tuya: Account, pm: User):
    product = make.cached_product(tuya)
    modules.create(product=product, spec=make.module_spec(product), form_token=uuid4(), actor=pm)
    sent = request_of(AuditEntry.objects.get(outcome="requested"), tuya)
    assert (sent.python, sent.cli) == ("", "")
    assert sent.curl.startswith("curl -X GET")


@pytest.mark.parametrize(
    ("action", "outcome", "columns", "is_shown"),
    [
        ("module.create", Outcome.REFUSED, {"code": "console.under_way"}, False),
        ("module.create", Outcome.REFUSED, {"http_status": 200}, True),
        ("module.create", Outcome.NOT_SENT, {}, False),
        ("module.create", Outcome.DENIED, {}, False),
        ("module.create", Outcome.UNKNOWN, {}, True),
        ("account.update", Outcome.DONE, {}, False),
    ],
)
def test_only_what_left_is_shown(
    alibaba: Account, pm: User, action: str, outcome: Outcome, columns: dict[str, object], is_shown: bool
):
    entry = make.entry(pm, action=action, outcome=outcome, account=alibaba, **columns)
    assert bool(get_request(entry, alibaba)) == is_shown


def test_without_its_account_there_is_nothing_to_show(alibaba: Account, pm: User):
    entry = make.entry(pm, action="module.create", account=alibaba)
    assert get_request(entry, None) is None
    alibaba.endpoint = "http://example.com"
    assert get_request(entry, alibaba) is None
