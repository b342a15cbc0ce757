"""What bin/test runs, and what it does about programs that are not installed."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from bin.tools import ROOT
from bin.tools.results import Results
from bin.tools.suite import ALL_FAULTS, FAULTS, IN_PARALLEL, SOME_FAULTS, Suite, faults_of


@pytest.fixture
def suite(tmp_path):
    return Suite(scratch=tmp_path, arguments=[], fast=False, results=Results(strict=False))


def test_what_is_there_is_used(suite):
    assert suite._find("Chromium", lambda: "/usr/bin/chromium", ["chromium"]) == "/usr/bin/chromium"
    assert suite.results.lines() == ["0 passed, 0 failed"]


def test_what_is_not_there_is_named_with_the_command_for_it(suite):
    assert suite._find("Chromium", lambda: None, ["chromium", "fonts-noto-cjk"]) is None
    remark = "Chromium: not run, it is not installed: sudo apt-get install chromium fonts-noto-cjk"
    assert suite.results.lines() == [remark, "0 passed, 0 failed"]


def test_a_cluster_that_does_not_start_is_a_failure(suite, tmp_path):
    suite._postgresql(tmp_path / "nothing-here")
    remark, sums = suite.results.lines()
    assert remark.startswith("PostgreSQL: ")
    assert "initdb" in remark
    assert sums == "0 passed, 1 failed"


def collected(options: Sequence[str]) -> set[str]:
    """The names of the tests that pytest would run with these options, of those that kill processes."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/faults", *options]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return {line for line in told.splitlines() if "::" in line}


def test_the_quick_part_is_a_part_of_the_whole():
    some, every = collected(SOME_FAULTS), collected(ALL_FAULTS)
    assert some
    assert some < every


def test_what_kills_processes_does_not_run_beside_other_tests():
    # Without the processes of its own, which would only collect.
    beside = collected(IN_PARALLEL[IN_PARALLEL.index("-m") :])
    assert beside
    assert not beside & collected(ALL_FAULTS)


@pytest.mark.parametrize(("given", "wanted"), [([], SOME_FAULTS), ([FAULTS], ALL_FAULTS)])
def test_the_whole_matrix_is_run_where_it_is_asked_for(given, wanted):
    assert faults_of(given) == wanted
