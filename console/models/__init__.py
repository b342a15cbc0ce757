"""What is stored: the cache of the platforms, the ledger of what was asked of them, and the audit trail."""

from console.models.account import Account
from console.models.audit import AuditEntry, Outcome
from console.models.category import Category
from console.models.module import Module
from console.models.operation import Action, Operation, OperationState
from console.models.product import Product
from console.models.sync import SyncRun, SyncState
from console.models.user import User

__all__ = [
    "Account",
    "Action",
    "AuditEntry",
    "Category",
    "Module",
    "Operation",
    "OperationState",
    "Outcome",
    "Product",
    "SyncRun",
    "SyncState",
    "User",
]
