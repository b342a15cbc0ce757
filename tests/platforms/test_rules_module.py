"""The rules for OTA modules."""

import pytest

from console.platforms.rules import DEFAULT_MODULE, MAX_CUSTOM_MODULES, Finding, Severity, check_module, fold
from console.platforms.types import Platform
from tests.platforms.make import make_module

ALIBABA, TUYA = Platform.ALIBABA, Platform.TUYA
BOTH = pytest.mark.parametrize("platform", Platform)


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    """Rule and severity of each finding, without the platform in front."""
    return [(found.rule.partition(".")[2], found.severity.value) for found in findings]


@BOTH
@pytest.mark.parametrize("name", ["a", "barcodeScanner", "a.b_c-9", "-", "x" * 64, "Defaults"])
def test_names_that_may_be(platform: Platform, name: str) -> None:
    assert check_module(platform, make_module(module_name=name)) == []


@BOTH
@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "module_name.length"),
        ("x" * 65, "module_name.length"),
        ("a b", "module_name.alphabet"),
        ("条码", "module_name.alphabet"),
        ("é", "module_name.alphabet"),
        ("🙂", "module_name.alphabet"),
        ("a\n", "module_name.alphabet"),
        ("a/b", "module_name.alphabet"),
        ("default", "module_name.reserved"),
        ("Default", "module_name.reserved"),
    ],
)
def test_names_that_may_not_be(platform: Platform, name: str, rule: str) -> None:
    assert told(check_module(platform, make_module(module_name=name))) == [(rule, "error")]


def test_a_message_names_the_platform_the_rule_and_the_character() -> None:
    (found,) = check_module(TUYA, make_module(module_name="my mcu!"))
    assert found.field == "module_name"
    assert found.message.startswith("Tuya: a module name cannot have a blank, “!”: it is made of letters")


@BOTH
def test_a_clash_is_named_whatever_its_case(platform: Platform) -> None:
    (found,) = check_module(platform, make_module(module_name="scanner"), taken=["mcu", "Scanner"])
    assert found.rule == f"{platform}.module_name.unique"
    assert "“Scanner”" in found.message
    assert "case" in found.message
    (same,) = check_module(platform, make_module(module_name="mcu"), taken=["mcu"])
    assert "case" not in same.message


@BOTH
def test_the_eleventh_module(platform: Platform) -> None:
    nine = [f"m{number}" for number in range(MAX_CUSTOM_MODULES - 1)]
    assert check_module(platform, make_module(), taken=[*nine, "default"]) == []
    assert told(check_module(platform, make_module(), taken=[*nine, "last"])) == [("module.count", "error")]
    assert check_module(platform, make_module(module_name="m1"), taken=[*nine, "last"], creating=False) == []


@BOTH
def test_default_can_be_changed_but_not_created(platform: Platform) -> None:
    assert check_module(platform, make_module(module_name=DEFAULT_MODULE, desc="x"), creating=False) == []


@pytest.mark.parametrize(
    ("platform", "alias", "expected"),
    [
        (ALIBABA, None, []),
        (ALIBABA, "", []),
        (ALIBABA, "Barcode_scanner", []),
        (ALIBABA, "x" * 64, []),
        (ALIBABA, "x" * 65, [("alias_name.length", "error")]),
        (ALIBABA, "条码", [("alias_name.alphabet_disputed", "warning")]),
        (TUYA, "条码", []),
        (TUYA, "条" * 64, []),
        (TUYA, "条" * 65, [("alias_name.length", "error")]),
        (TUYA, "スキャナ", [("alias_name.alphabet_unpublished", "warning")]),
        (ALIBABA, "my alias", [("alias_name.alphabet", "error")]),
        (TUYA, "🙂", [("alias_name.alphabet", "error")]),
    ],
)
def test_alias(platform: Platform, alias: str | None, expected: list[tuple[str, str]]) -> None:
    assert told(check_module(platform, make_module(alias_name=alias))) == expected


@BOTH
def test_an_alias_cannot_be_emptied(platform: Platform) -> None:
    found = check_module(platform, make_module(alias_name=""), creating=False)
    assert told(found) == [("alias_name.length", "error")]
    assert check_module(platform, make_module(alias_name=None), creating=False) == []


@BOTH
@pytest.mark.parametrize(("desc", "findings"), [("", 0), ("🙂" * 100, 0), ("x" * 100, 0), ("x" * 101, 1)])
def test_desc_is_counted_in_characters(platform: Platform, desc: str, findings: int) -> None:
    found = check_module(platform, make_module(desc=desc))
    assert len(found) == findings
    assert all(one.field == "desc" and one.severity is Severity.ERROR for one in found)


@BOTH
def test_all_that_is_wrong_is_found_at_once(platform: Platform) -> None:
    wrong = make_module(module_name="a b", alias_name="c d", desc="x" * 101)
    full = [str(number) for number in range(10)]
    assert {found.field for found in check_module(platform, wrong, taken=full)} == {
        "module_name",
        "alias_name",
        "desc",
        "",
    }


def test_fold() -> None:
    assert fold("Scanner") == fold("SCANNER") == "scanner"
