"""Pseudonyms: on request a person's name goes from everything that the console stores.

The audit trail knows people by their number only, so its records keep their bytes and its chain stays whole.
"""

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from console.models import Outcome, QuotaUse, User
from console.services import audit, sessions
from console.services.errors import ConsoleError
from console.services.problems import Problem

# What the packages keep of a person, by the person and by the name that was typed.
_OF_PERSON = ("mfa.Authenticator", "socialaccount.SocialAccount")
_BY_NAME = ("axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessLog")


class NotOneselfError(ConsoleError):
    def __init__(self) -> None:
        super().__init__(
            Problem(
                title="You cannot do this to yourself.",
                changed="Nothing was changed.",
                next="Ask another administrator.",
            )
        )


def pseudonym_of(user: User) -> str:
    """What a person is called afterwards."""
    return f"person-{user.pk}"


def is_pseudonymised(user: User) -> bool:
    return user.username == pseudonym_of(user) and not user.is_active


def pseudonymise(user: User, *, actor: User | None, by: str = "") -> None:
    """Call a person `person-<number>` from now on, with no other name, no address, no way to sign in and no session.

    `actor` is None for a command, which `by` names then. It cannot be undone. Raises NotOneselfError.
    """
    if actor and actor.pk == user.pk:
        raise NotOneselfError
    with transaction.atomic():
        _forget(user)
        user.username, user.is_active = pseudonym_of(user), False
        user.first_name = user.last_name = user.email = ""
        user.set_unusable_password()
        user.save(update_fields=["username", "first_name", "last_name", "email", "is_active", "password"])
        parameters = {"by": by} if by else {}
        audit.append(
            audit.Event(
                action="user.pseudonymise", outcome=Outcome.DONE, actor=actor, target=user, parameters=parameters
            )
        )


def _forget(user: User) -> None:
    """What other tables hold of the name; the figures of the quota stay, under the pseudonym."""
    sessions.drop_all(user)
    EmailAddress.objects.filter(user=user).delete()
    for name in _OF_PERSON:
        apps.get_model(name).objects.filter(user=user).delete()
    # As attempts to sign in are stored; some type their address there.
    typed = {user.username.lower(), user.email.lower()} - {""}
    for name in _BY_NAME:
        apps.get_model(name).objects.filter(username__in=typed).delete()
    QuotaUse.objects.filter(username=user.username).update(username=pseudonym_of(user))
    told = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    told.update(object_repr=pseudonym_of(user))
