"""What the console itself holds against a request, and the refusal of one that breaks a rule."""

from collections.abc import Iterable

from console.platforms.rules import Finding, Severity
from console.services.errors import RulesBrokenError


def refuse_broken(findings: Iterable[Finding]) -> None:
    """Raise RulesBrokenError when any finding is an error."""
    findings = list(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise RulesBrokenError(findings)


def broken(rule: str, message: str, *, field: str = "") -> Finding:
    """A rule that is broken; `field` names the parameter, "" the request as a whole."""
    return Finding(field=field, severity=Severity.ERROR, rule=rule, message=message)
