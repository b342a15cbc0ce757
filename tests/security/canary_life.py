"""A life of the console with a canary in every secret place: it works, fails in every way, and is looked at."""

import io
import re
import traceback
from dataclasses import dataclass, field
from multiprocessing import Value
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from django_q.monitor import monitor
from django_q.tasks import async_task
from django_q.worker import worker
from pytest_django import Settings

from console.models import Account, Circuit, Product, User
from console.platforms import client as client_module
from console.platforms.signed_request import SignedRequest, sign_request
from console.sandbox.faults import KINDS
from console.sandbox.server import Sandbox
from console.services import accounts, products, syncs
from console.services.errors import ConsoleError
from console.services.roles import Role
from tests import make
from tests.security.canaries import Canaries, said_in

KEY_ID = "canary-key-id"
ACCESS_KEY = "canary-AccessKeySecret-7f3a/+="
PASSWORD = "canary-Password-9b2e correct horse"
WRONG_PASSWORD = "canary-WrongPassword-33d0"
OTHER_PASSWORD = "canary-OtherPassword-58c1"


def plant(settings: Settings) -> Canaries:
    """Start the console anew with canaries for keys."""
    settings.SECRET_KEY = "canary-secret-key-" + "k" * 40
    settings.SEAL_KEYS = [Fernet.generate_key().decode() for _ in range(2)]
    settings.AUDIT_KEY = b"canary-audit-key-of-32-bytes-0a1"
    settings.AUDIT_SIGNING_KEY = b"canary-signing-key-32-bytes-0b2c"
    settings.DEMO_PASSWORD = "canary-DemoPassword-12ab"
    accounts.sealer.cache_clear()
    canaries = Canaries(
        {
            "SECRET_KEY": settings.SECRET_KEY,
            "AUDIT_KEY": settings.AUDIT_KEY,
            "AUDIT_SIGNING_KEY": settings.AUDIT_SIGNING_KEY,
            "DEMO_PASSWORD": settings.DEMO_PASSWORD,
            "access key secret": ACCESS_KEY,
            "password": PASSWORD,
        }
    )
    for key in settings.SEAL_KEYS:
        canaries.plant("SEAL_KEYS", key)
    for typed in (WRONG_PASSWORD, OTHER_PASSWORD):
        canaries.plant("password", typed)
    return canaries


def listen_for_signatures(canaries: Canaries, patch: pytest.MonkeyPatch) -> None:
    """Each signature that is made is a canary from then on."""

    def sign(*args: object, **kwargs: object) -> SignedRequest:
        request = sign_request(*args, **kwargs)  # type: ignore[arg-type]
        canaries.plant("signature", request.signature)
        return request

    patch.setattr(client_module, "sign_request", sign)


@dataclass(slots=True, kw_only=True)
class Life:
    """`said` is what each page and command answered."""

    canaries: Canaries
    sandbox: Sandbox
    said: dict[str, str] = field(default_factory=dict)

    def live(self) -> None:
        """All of it."""
        client = self.sign_in()
        self.set_up_a_second_factor()
        account = self.enter_accounts(client)
        product = self.create_and_fail(account)
        self.run_tasks(account)
        self.reveal(client, product)
        self.enter_people(client)
        self.command()
        self.answer("evidence", client.post(reverse("audit-export")))
        self.look_at_pages("admin", client, most=160)
        for role in Role:
            self.look_at_pages(role.value, make.client(make.user(f"a {role}", role)), most=50)

    def answer(self, name: str, response: object) -> None:
        self.said[f"{name} #{len(self.said)}"] = said_in(response)  # type: ignore[arg-type]

    def sign_in(self) -> Client:
        """With a wrong password first, then with the right one and the code of an app."""
        user = User.objects.create_superuser("admin", password=PASSWORD)
        secret = generate_totp_secret()
        self.canaries.plant("TOTP secret", secret)
        with make.asked_by(user):
            TOTP.activate(user, secret)
        client = Client()
        login = reverse("account_login")
        self.answer("wrong password", client.post(login, {"login": "admin", "password": WRONG_PASSWORD}))
        self.answer("right password", client.post(login, {"login": "admin", "password": PASSWORD}))
        code = {"code": format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))}
        self.answer("code", client.post(reverse("mfa_authenticate"), code))
        assert "_auth_user_id" in client.session
        self.canaries.plant("session id", client.session.session_key)
        return client

    def set_up_a_second_factor(self) -> None:
        """Begun and not ended: that page alone may show the secret."""
        client = Client()
        User.objects.create_superuser("beginner", password=OTHER_PASSWORD)
        client.post(reverse("account_login"), {"login": "beginner", "password": OTHER_PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": OTHER_PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
        self.canaries.plant("TOTP secret", client.session[SECRET_SESSION_KEY])
        assert page.status_code == 200
        self.answer("wrong code", client.post(reverse("account_reauthenticate"), {"password": WRONG_PASSWORD}))

    def enter_accounts(self, client: Client) -> Account:
        form = {
            "slug": "main",
            "title": "Main",
            "platform": "alibaba",
            "endpoint": "no endpoint",
            "signature_scheme": "acs3",
            "access_key_id": KEY_ID,
            "access_key_secret": ACCESS_KEY,
            "region": "cn-shanghai",
        }
        self.answer("account, invalid", client.post(reverse("account-create"), form))
        form["endpoint"] = self.sandbox.url
        self.answer("account", client.post(reverse("account-create"), form))
        self.answer("account, taken", client.post(reverse("account-create"), form))
        account = Account.objects.get(slug="main")
        self.answer("account, edited", client.post(reverse("account-update", args=["main"]), form))
        make.account(platform="tuya", endpoint=self.sandbox.tuya_url, slug="other", key=KEY_ID, secret=ACCESS_KEY)
        return account

    def create_and_fail(self, account: Account) -> Product:
        """Create, refresh and sync, on a platform that fails in every way, and with a key that it does not know."""
        actor = make.user("pm", Role.PRODUCT_MANAGER)
        product = make.created_product(account, actor, "First")
        for number, kind in enumerate(KINDS):
            for operation in ("CreateProduct", "QueryProduct", "QueryProductList"):
                self.sandbox.control.add_fault(kind, operation, seconds=0.3)
            self.try_all(account, product, actor, f"Product_{number}")
            self.sandbox.control.clear_faults()
        for name, place in (("Wrong_key", account.place_of_secret), ("Moved_key", "elsewhere")):
            self.canaries.plant("access key secret", wrong := f"canary-WrongSecret-{uuid4().hex}")
            account.sealed_access_key_secret = accounts.sealer().seal(wrong, place=place)
            account.save()
            self.try_all(account, product, actor, name)
        account.sealed_access_key_secret = accounts.sealer().seal(ACCESS_KEY, place=account.place_of_secret)
        account.save()
        self.try_all(account, product, actor, "Last")
        for row in Product.objects.exclude(sealed_product_secret=""):
            opened = accounts.sealer().open(row.sealed_product_secret, place=row.place_of_secret)
            self.canaries.plant("ProductSecret", opened)
        return product

    def try_all(self, account: Account, product: Product, actor: User, name: str) -> None:
        Circuit.objects.all().delete()
        spec = make.product_spec(name)
        operation = products.create(account=account, spec=spec, form_token=uuid4(), actor=actor)
        self.said[f"operation {name}"] = f"{operation.state} {operation.code} {operation.message}"
        product.account = account
        try:
            products.refresh(product=product, actor=actor)
        except ConsoleError as error:
            self.said[f"refresh {name}"] = "".join(traceback.format_exception(error)) + repr(error.problem)
        run = syncs.start(account=account, actor=actor)
        for _ in range(3):
            syncs.step(run.pk)

    def run_tasks(self, account: Account) -> None:
        """What the workers do, two tasks that fail as none should, and one that still waits."""
        async_task("console.tasks.reconcile")
        async_task("console.tasks.sync_step", "no id")
        async_task("tests.security.canary_life.fail_with_secrets_at_hand", str(account.pk))
        work()
        async_task("console.tasks.sync_all")

    def reveal(self, client: Client, product: Product) -> None:
        """Only its own answer may show the secret."""
        self.answer("proof", client.post(reverse("account_reauthenticate"), {"password": PASSWORD}))
        sent = {"form_token": str(uuid4()), "reason": "A device lost it"}
        page = reverse("product-reveal", args=[product.pk])
        answer = client.post(page, sent)
        assert self.canaries.find({"reveal": said_in(answer)}) == {("ProductSecret", "reveal")}
        self.answer("revealed before", client.post(page, sent))

    def enter_people(self, client: Client) -> None:
        """In Django's admin, and as somebody who forgot the token of a form."""
        form = {"username": "new", "usable_password": "true", "password1": OTHER_PASSWORD}
        self.answer("person, invalid", client.post("/admin/console/user/add/", {**form, "password2": PASSWORD}))
        self.answer("person", client.post("/admin/console/user/add/", {**form, "password2": OTHER_PASSWORD}))
        change = {"oldpassword": WRONG_PASSWORD, "password1": OTHER_PASSWORD, "password2": WRONG_PASSWORD}
        self.answer("password change", client.post(reverse("account_change_password"), change))
        careless = Client(enforce_csrf_checks=True)
        careless.force_login(User.objects.get(username="admin"))
        form = {"slug": "x", "access_key_secret": ACCESS_KEY}
        self.answer("no token", careless.post(reverse("account-create"), form))
        self.answer("too much", client.post(reverse("account-create"), {**form, "title": "x" * 300_000}))

    def command(self) -> None:
        """The commands that meet a secret, each also in the way that ends with an error."""
        for slug, endpoint in (
            ("typed", "https://iot.cn-shanghai.aliyuncs.com"),
            ("typed", "https://a.b"),
            ("x", "no"),
        ):
            self._command("account_add", typed=ACCESS_KEY, slug=slug, endpoint=endpoint)
        for name in ("rotate_keys", "audit_anchor", "audit_verify", "check"):
            self._command(name)

    def _command(self, name: str, *, typed: str = "", **options: str) -> None:
        out = io.StringIO()
        more = {"platform": "alibaba", "access_key_id": KEY_ID, "region": "cn-shanghai"} if options else {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
            try:
                call_command(name, stdout=out, stderr=out, traceback=True, **options, **more)
            except CommandError as error:
                out.write("".join(traceback.format_exception(error)))
        self.said[f"{name} #{len(self.said)}"] = out.getvalue()

    def look_at_pages(self, name: str, client: Client, *, most: int) -> None:
        """Follow the links from the first page on; what leads out of the session is left out."""
        waiting, seen = ["/", "/admin/"], {reverse("account_logout")}
        while waiting and len(seen) <= most:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            assert answer.status_code < 500, path
            self.said[f"{path} for {name}"] = text = said_in(answer)
            waiting += [
                link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', text) if "/static/" not in link
            ]


def work() -> None:
    """As a worker process does what is queued, and stores what came of it."""
    tasks: SimpleQueue[Any] = SimpleQueue()
    results: SimpleQueue[Any] = SimpleQueue()
    for row in OrmQ.objects.order_by("pk"):
        tasks.put(row.task)
        row.delete()
    tasks.put("STOP")
    worker(tasks, results, Value("f", -1), timeout=None)
    results.put("STOP")
    monitor(results)


def fail_with_secrets_at_hand(account_id: str) -> None:
    """A task that fails where a secret is open, as a mistake in a library would let it."""
    account = Account.objects.get(pk=account_id)
    opened = accounts.sealer().open(account.sealed_access_key_secret, place=account.place_of_secret)
    with accounts.client_for(account) as client:
        raise RuntimeError(f"nobody expects this of {type(client).__name__} and {type(opened).__name__}")
