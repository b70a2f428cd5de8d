"""The pages that the types of problems lead to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from shouwen.api.problems import CATALOGUE, ProblemError, answer


@require_safe
def problems(request: HttpRequest, slug: str = "") -> HttpResponse:
    """What a problem means and what to do about it; without one, all of them."""
    if slug and slug not in CATALOGUE:
        raise Http404
    shown = [CATALOGUE[slug]] if slug else list(CATALOGUE.values())
    return render(request, "api/problems.html", {"problems": shown, "one": bool(slug)})


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    return answer(request, ProblemError("not-found"))
