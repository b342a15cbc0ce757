"""What is stored: the cache of the platforms, the ledger of what was asked of them, and the audit trail."""

from console.models.account import Account
from console.models.audit import AuditEntry, Outcome
from console.models.audit_chain import AuditAnchor, AuditArchive, AuditHead, AuditVerification, VerificationState
from console.models.category import Category
from console.models.circuit import Circuit
from console.models.drift import DriftItem, DriftKind, DriftState
from console.models.heartbeat import Heartbeat
from console.models.module import Module
from console.models.operation import Action, Operation, OperationState
from console.models.product import Product
from console.models.quota import Lane, Quota, QuotaSlot, QuotaUse
from console.models.session import Session
from console.models.spent_form import SpentForm
from console.models.sync import SyncRun, SyncState
from console.models.user import User

__all__ = [
    "Account",
    "Action",
    "AuditAnchor",
    "AuditArchive",
    "AuditEntry",
    "AuditHead",
    "AuditVerification",
    "Category",
    "Circuit",
    "DriftItem",
    "DriftKind",
    "DriftState",
    "Heartbeat",
    "Lane",
    "Module",
    "Operation",
    "OperationState",
    "Outcome",
    "Product",
    "Quota",
    "QuotaSlot",
    "QuotaUse",
    "Session",
    "SpentForm",
    "SyncRun",
    "SyncState",
    "User",
    "VerificationState",
]
