from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from console.lib.sealing import Sealer
from console.models import Account
from console.services import accounts
from tests import make

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(autouse=True)
def account(db: None, settings: Settings) -> Iterator[Account]:
    """Sealed with the old key; the process is then started with a newer one in front."""
    settings.SEAL_KEYS = [OLD]
    accounts.sealer.cache_clear()
    made = make.account()
    settings.SEAL_KEYS = [NEW, OLD]
    accounts.sealer.cache_clear()
    yield made
    accounts.sealer.cache_clear()


def test_the_old_key_stays_until_a_run_finds_nothing(capsys: pytest.CaptureFixture[str]):
    call_command("rotate_keys")
    first = capsys.readouterr().out
    call_command("rotate_keys")
    second = capsys.readouterr().out
    assert "1 sealed anew, 1 with the newest key, 0 broken." in first
    assert "Keep the older keys in SEAL_KEYS until" in first
    assert second == "0 sealed anew, 1 with the newest key, 0 broken.\nThe older keys may be removed from SEAL_KEYS.\n"


def test_what_opens_with_no_key_is_named_and_forbids_it(account: Account, capsys: pytest.CaptureFixture[str]):
    account.sealed_access_key_secret = Sealer([Fernet.generate_key().decode()]).seal("any", place="any")
    account.save()
    with pytest.raises(CommandError, match=f"no key may be removed:\naccount.access_key_secret:{account.pk}"):
        call_command("rotate_keys")
    assert "may be removed" not in capsys.readouterr().out
