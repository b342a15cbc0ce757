"""What came of the test runs, and the line that says so."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Results:
    """Adds up runs. `strict` makes a failure of what was skipped or could not run."""

    strict: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remarks: list[str] = field(default_factory=list)

    def add_report(self, name: str, report: Path) -> None:
        """Count the tests of one pytest run from its JUnit report."""
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it for us
            kinds = {child.tag: child for child in case}
            if "failure" in kinds or "error" in kinds:
                self.failed += 1
            elif "skipped" in kinds:
                self._skip(f"{name}: skipped {case.get('name')}: {kinds['skipped'].get('message')}")
            else:
                self.passed += 1

    def add_failure(self, remark: str) -> None:
        """Count something that failed as a whole."""
        self.failed += 1
        self.remarks.append(remark)

    def add_missing(self, remark: str) -> None:
        """Name something that could not run here."""
        if self.strict:
            self.add_failure(remark)
        else:
            self.remarks.append(remark)

    def _skip(self, remark: str) -> None:
        self.remarks.append(remark)
        if self.strict:
            self.failed += 1
        else:
            self.skipped += 1

    def lines(self) -> list[str]:
        """Return the remarks, then the one line with the sums."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return [*self.remarks, f"{self.passed} passed, {self.failed} failed{skipped}"]
