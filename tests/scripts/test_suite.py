"""What bin/test does about programs that are not installed."""

import pytest

from bin.tools.results import Results
from bin.tools.suite import Suite


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
