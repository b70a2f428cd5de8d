"""Parameters that an operation does not have, or has only once (参数须合规).

The library passes them over; a misspelt filter would widen what is found.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.operation import Operation

from shouwen.api.problems import ProblemError


def make_strict(operation: Operation) -> None:
    """Let the operation refuse them once the caller is known and before it does anything."""
    models: list[Any] = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = {name for model in models for name in model.__ninja_flatten_map__}
    several = {name for model in models for name in getattr(model, "__ninja_collection_fields__", ())}
    operation.view_func = _strict(operation.view_func, known, several)


def _strict(view: Callable[..., Any], known: set[str], several: set[str]) -> Callable[..., Any]:
    @wraps(view)
    def checked(request: HttpRequest, **values: Any) -> Any:
        errors = []
        for name, given in sorted(request.GET.lists()):
            if name not in known:
                errors.append({"detail": _("There is no such parameter."), "parameter": name})
            elif len(given) > 1 and name not in several:
                errors.append({"detail": _("This parameter is given once."), "parameter": name})
        if errors:
            raise ProblemError("invalid", errors=errors)
        return view(request, **values)

    return checked
