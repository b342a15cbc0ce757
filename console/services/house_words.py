"""Words of the house: names that everybody would try first in this company, and what a password has beside them."""

from django.conf import settings
from django.core.exceptions import ValidationError

from console.models import User

# The console's own name.
OWN_WORDS = ("OTA Console",)
LEAST_BESIDE = 8


class HouseWordsValidator:
    """Refuses a password that is little more than words of the house, for Django's AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  Django's signature
        folded = _fold(password)
        beside = _without_words(folded)
        if beside != folded and len(beside) < LEAST_BESIDE:
            raise ValidationError(
                "This password is little more than a name that anybody here would try first. "
                f"Add {LEAST_BESIDE} other characters, or choose another.",
                code="password_of_house_words",
            )

    def get_help_text(self) -> str:
        return "Your password can’t be little more than the name of the company, its products or this console."


def _without_words(folded: str) -> str:
    """What is left of a folded password, the longest words taken first, as one may be a part of another."""
    words = {_fold(word) for word in (*OWN_WORDS, *settings.PASSWORD_WORDS)} - {""}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return folded


def _fold(text: str) -> str:
    """Without capitals and blanks."""
    return "".join(text.casefold().split())
