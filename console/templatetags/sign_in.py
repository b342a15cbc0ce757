"""What the pages of sign-in need to know of the settings and of the person."""

from django import template
from django.conf import settings
from django.template import Context

from console.services import first_passwords, second_factor, sso
from console.templatetags.look import duration_words

register = template.Library()


@register.simple_tag
def single_sign_on() -> str:
    """Name the organisation's provider; empty without one."""
    return sso.title()


@register.simple_tag(takes_context=True)
def password_is_provisional(context: Context) -> bool:
    """Tell whether the person has to choose a password before anything else."""
    return first_passwords.is_due(context["request"])


@register.simple_tag(takes_context=True)
def factor_is_missing(context: Context) -> bool:
    """Tell whether the person's role needs a second factor that is not set up."""
    return second_factor.is_missing(context["request"])


@register.simple_tag
def session_idle() -> str:
    """Say how long a session lasts without a click."""
    return duration_words(settings.SESSION_IDLE_MIN * 60)


@register.simple_tag
def session_max() -> str:
    """Say how long a session lasts at most."""
    return duration_words(settings.SESSION_MAX_HOURS * 3600)
