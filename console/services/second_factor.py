"""Second factors: who needs one, who has one, and how their secrets are kept."""

import logging
from base64 import b32encode
from secrets import token_bytes

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from qrcode import make
from qrcode.image.svg import SvgPathImage

from console.lib.sealing import SealBrokenError
from console.models import Outcome, User
from console.services import audit, sessions, sso_factor
from console.services.accounts import sealer
from console.services.roles import roles_of

logger = logging.getLogger(__name__)

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# In the data of an app: the time step of the last code that was taken.
LAST_STEP = "last_step"


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Keeps the secrets of authenticator apps and recovery codes under the sealing keys, each for its person only."""

    def encrypt(self, text: str) -> str:
        return sealer().seal(text, place=place_of(_owner().pk))

    def decrypt(self, encrypted_text: str) -> str:
        """What does not open is a secret that nobody knows: no code fits, while the person's other factors do."""
        owner = _owner()
        try:
            return sealer().open(encrypted_text, place=place_of(owner.pk))
        except SealBrokenError:
            logger.error("a second factor of user %s does not open: reset it", owner.pk)
            return b32encode(token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """The picture for the app, as it stands inside a page: as a `data:` address the browser must not load it."""
        picture = make(url, image_factory=SvgPathImage, border=2)
        # One path of squares: nothing of the text that it encodes stands in it as text.
        return mark_safe(str(picture.to_string(encoding="unicode")))  # noqa: S308

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  allauth's signature
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever needs a second factor keeps the last one until there is another."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return not needs_one(authenticator.user) or others.exists()


def place_of(user_id: int) -> str:
    """Where the secrets of a person's factors are sealed for. A person has one app and one set of recovery codes."""
    return f"mfa_authenticator.data:{user_id}"


def needs_one(user: User | AnonymousUser) -> bool:
    """Whether a role of the person demands a second factor."""
    return bool(settings.MFA_REQUIRED_FOR) and not roles_of(user).isdisjoint(settings.MFA_REQUIRED_FOR)


def has_one(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    found: bool = Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
    return found


def is_missing(request: HttpRequest) -> bool:
    """Whether the person has to set one up before anything else: has none here, and the provider asked for none."""
    user = request.user
    if not isinstance(user, User) or not needs_one(user) or sso_factor.was_asked_for(request):
        return False
    return not has_one(user)


def use_up(authenticator: Authenticator, code: str) -> bool:
    """Whether a code that fits counts. One of an app does if neither it nor a later one was taken before (RFC 6238,
    5.2), by any process: allauth remembers it in the cache, for a third of the time that it fits. Recovery codes are
    ticked off by allauth.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    step = _step_of(decrypt(authenticator.data["secret"]), code)
    with transaction.atomic():
        row = Authenticator.objects.select_for_update(no_key=True).get(pk=authenticator.pk)
        if step <= row.data.get(LAST_STEP, 0):
            return False
        row.data[LAST_STEP] = step
        row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int:
    """The time step that a code is of; 0 when it has just run out."""
    steps = (step for step in totp.yield_hotp_counters_from_time() if _fits(secret, step, code))
    return next(steps, 0)


def _fits(secret: str, step: int, code: str) -> bool:
    expected = totp.format_hotp_value(totp.hotp_value(secret, step))
    fits: bool = totp.compare_user_code(actual=code, expected=expected)
    return fits


def _owner() -> User:
    """Whose factor it is, which allauth does not say: of who is signed in, or is asked for it after the password."""
    request = context.request
    stage = getattr(request, "_login_stage", None)
    owner: User = stage.login.user if stage else request.user
    return owner


def reset(user: User, *, actor: User | None) -> int:
    """Take all second factors from a person and end their sessions; how many there were, recovery codes too."""
    with transaction.atomic():
        taken = list(Authenticator.objects.filter(user=user))
        for authenticator in taken:
            authenticator.delete()
        sessions.drop_all(user)
        kinds = ", ".join(sorted({authenticator.type for authenticator in taken}))
        told = {"removed": kinds or "none"}
        audit.append(audit.Event(action="user.factor", outcome=Outcome.DONE, actor=actor, target=user, parameters=told))
    return len(taken)
