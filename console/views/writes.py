"""The common end of every view that writes: what a person sees of the operation that came of it."""

from collections.abc import Callable
from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from console.forms.once import OnceForm
from console.models import Operation, OperationState
from console.services.errors import ConsoleError, FormReusedError, RulesBrokenError, UnderWayError
from console.services.problems import Problem, problem_of_operation
from console.views.http import HtmxRequest, leave, respond


class Place(TypedDict):
    """Where a form stands: its page and the partial of it that holds the form."""

    template: str
    partial: str


NOT_DONE = (OperationState.REFUSED, OperationState.NOT_SENT)


def answer_write(
    request: HtmxRequest,
    operation: Operation,
    *,
    form: OnceForm,
    template: str,
    partial: str,
    context: dict[str, Any],
    done_url: str | Callable[[Operation], str],
    done_message: str,
) -> HttpResponse:
    """Done: on to `done_url`. Refused or not sent: the form again, to be sent anew. Else: the operation's page."""
    if operation.state == OperationState.DONE:
        messages.success(request, done_message)
        return leave(request, done_url(operation) if callable(done_url) else done_url)
    problem = problem_of_operation(operation)
    if problem is None or operation.state not in NOT_DONE:
        return leave(request, reverse("operation-detail", args=[operation.pk]))
    form.renew_token()
    return _form_again(request, form, problem, template=template, partial=partial, context=context)


def answer_error(
    request: HtmxRequest, error: ConsoleError, *, form: OnceForm, template: str, partial: str, context: dict[str, Any]
) -> HttpResponse:
    """The form again after the service refused: broken rules beside their fields, everything else on top."""
    if isinstance(error, RulesBrokenError):
        form.add_findings(error.findings)
        return respond(request, template, partial, {**context, "form": form}, status=422)
    if isinstance(error, FormReusedError):
        form.renew_token()
    if isinstance(error, FormReusedError | UnderWayError):
        context = {**context, "operation": error.operation}
    return _form_again(request, form, error.problem, template=template, partial=partial, context=context)


def _form_again(
    request: HtmxRequest, form: OnceForm, problem: Problem, *, template: str, partial: str, context: dict[str, Any]
) -> HttpResponse:
    return respond(request, template, partial, {**context, "form": form, "problem": problem}, status=problem.status)
