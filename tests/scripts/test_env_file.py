import stat

import pytest
from cryptography.fernet import Fernet

from bin.tools import env_file
from bin.tools.terminal import SetupError


def values(path):
    return values_of(line for line in path.read_text().splitlines() if not line.startswith("#"))


def values_of(lines):
    return dict(line.split("=", 1) for line in lines)


def test_is_private_and_has_keys(tmp_path):
    assert env_file.create(tmp_path / ".env")
    made = values(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert len(made["SECRET_KEY"]) >= 50
    assert len(made["DEMO_PASSWORD"]) >= 12
    assert Fernet(made["SEAL_KEYS"])


def test_every_file_has_its_own_keys(tmp_path, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    env_file.create(tmp_path / "one")
    env_file.create(tmp_path / "other")
    assert not set(values(tmp_path / "one").values()) & set(values(tmp_path / "other").values())


def test_is_never_overwritten(tmp_path):
    mine = "SECRET_KEY=mine\nAUDIT_KEY=mine\nAUDIT_SIGNING_KEY=mine\n"
    (tmp_path / ".env").write_text(mine)
    assert not env_file.create(tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == mine


def test_an_older_one_gets_the_keys_that_came_later(tmp_path, monkeypatch):
    monkeypatch.delenv("AUDIT_KEY", raising=False)
    monkeypatch.setenv("AUDIT_SIGNING_KEY", "from the environment")
    (tmp_path / ".env").write_text("SECRET_KEY=mine")
    env_file.create(tmp_path / ".env")
    env_file.create(tmp_path / ".env")
    made = [line for line in (tmp_path / ".env").read_text().splitlines() if line]
    assert made[0] == "SECRET_KEY=mine"
    assert [line.partition("=")[0] for line in made[1:]] == ["AUDIT_KEY"]
    assert Fernet(values_of(made)["AUDIT_KEY"])


def test_keeps_the_password_it_was_given(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "chosen-by-me")
    env_file.create(tmp_path / ".env")
    assert values(tmp_path / ".env")["DEMO_PASSWORD"] == "chosen-by-me"


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(SetupError, match="No such file or directory"):
        env_file.create(tmp_path / "missing" / ".env")
