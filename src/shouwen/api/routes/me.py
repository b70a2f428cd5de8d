"""The token itself."""

from django.http import HttpRequest
from ninja import Router

from shouwen.api import schemas
from shouwen.api.tokens import Bearer, caller
from shouwen.api.told import Plain

router = Router(tags=["token"])


@router.get("/me", auth=Bearer(), response=schemas.Me)
def read_me(request: HttpRequest) -> Plain:
    """Whose token this is, what it may do, and how often; needs no scope."""
    who = caller(request)
    return {
        "integration": who.token.integration.name,
        "person": who.person.pk,
        "prefix": who.token.prefix,
        "scopes": list(who.scopes),
        "rate": who.token.rate,
        "left": who.left,
        "until": who.token.until,
    }
