import psycopg
import pytest

from bin.tools import postgres


@pytest.fixture
def programs():
    return postgres.find_programs() or pytest.skip("PostgreSQL is not installed")


def test_cluster_lives_as_long_as_its_context(programs):
    with postgres.temporary_cluster(programs) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT lower('ÄÖ')").fetchone() == ("äö",)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace("console:", "console:x"))
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


@pytest.mark.parametrize(("is_durable", "waits"), [(True, "on"), (False, "off")])
def test_a_durable_cluster_waits_for_the_disk(programs, is_durable, waits):
    with postgres.temporary_cluster(programs, is_durable=is_durable) as url, psycopg.connect(url) as connection:
        settings = [connection.execute(f"SHOW {name.partition('=')[0]}").fetchone() for name in postgres.FAST]
    assert settings == [(waits,)] * 3


def test_debian_keeps_the_programs_off_path(tmp_path, monkeypatch):
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert postgres.find_programs(tmp_path) == tmp_path / "17" / "bin"


def test_no_postgresql(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert postgres.find_programs(tmp_path) is None
