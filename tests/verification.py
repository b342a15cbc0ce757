"""A verification of the audit trail as a worker does it, step by step."""

from console.models import AuditVerification
from console.services import audit_verify


def verify(first: int = 1) -> AuditVerification:
    """One from entry `first` on, as it ended."""
    return finish(audit_verify.begin(actor=None, first=first))


def finish(verification: AuditVerification) -> AuditVerification:
    while audit_verify.step(verification.pk):
        pass
    verification.refresh_from_db()
    return verification
