import pytest

from bin.tools.results import Results

REPORT = """<testsuites><testsuite>
<testcase name="test_good"/>
<testcase name="test_bad"><failure message="no"/></testcase>
<testcase name="test_broken"><error message="no"/></testcase>
<testcase name="test_left_out"><skipped message="not here"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_sums_over_the_runs(report):
    results = Results(strict=False)
    results.add_report("SQLite", report)
    results.add_report("PostgreSQL", report)
    assert results.lines() == [
        "SQLite: skipped test_left_out: not here",
        "PostgreSQL: skipped test_left_out: not here",
        "2 passed, 4 failed, 2 skipped",
    ]


def test_a_skip_is_a_failure_when_strict(report):
    results = Results(strict=True)
    results.add_report("SQLite", report)
    assert results.lines()[-1] == "1 passed, 3 failed"


def test_what_is_missing_is_named():
    results = Results(strict=False)
    results.add_missing("Chromium: not run")
    assert results.lines() == ["Chromium: not run", "0 passed, 0 failed"]


def test_what_is_missing_is_a_failure_when_strict():
    results = Results(strict=True)
    results.add_missing("Chromium: not run")
    assert results.lines() == ["Chromium: not run", "0 passed, 1 failed"]
