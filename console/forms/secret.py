"""The form of who wants to see a secret."""

from console.forms.once import OnceForm
from console.forms.operation import ReasonForm


class RevealForm(ReasonForm, OnceForm):
    """Why it is needed; it counts once, so that going back or reloading shows nothing."""
