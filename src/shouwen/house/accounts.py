"""How people get accounts: from their house, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class HouseAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth with the open sign-up shut."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
