"""A form that counts once: a double click, a reload and a second tab of it are one request."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.http import QueryDict

from console.platforms.rules import Finding, Severity


class OnceForm(forms.Form):
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: dict[str, str] = {}

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Put each finding beside its field: errors keep the form from being sent, warnings do not."""
        for finding in findings:
            if finding.severity is Severity.ERROR:
                self.add_error(finding.field if finding.field in self.fields else None, finding.message)
            else:
                self.warnings[finding.field] = finding.message

    def clean(self) -> dict[str, Any]:
        if "form_token" in self.errors:
            # It is in no field that people see, so they would send the same form in vain for ever.
            self.renew_token()
            self.add_error(None, "This form came without its token, so nothing was sent. Send it once more.")
        return self.cleaned_data

    def renew_token(self) -> None:
        """Let the same content be sent again as a new request: after an answer that nothing was done."""
        renewed = cast("QueryDict", self.data).copy()
        renewed[self.add_prefix("form_token")] = str(uuid4())
        self.data = renewed
