"""How people get accounts: from their house, never by signing up; and who is signed in."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from shouwen.desk.notices import with_unread
from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import STAMP, stamp_read


class HouseAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth with the open sign-up shut."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class HouseBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Who is signed in is read with what every page asks besides: the organisation's stamp, the bell's number."""

    def get_user(self, user_id: int) -> Person | None:
        found = with_unread(Person.objects.filter(pk=user_id), user_id).annotate(stamp=STAMP).first()
        if found is None or not self.user_can_authenticate(found):
            return None
        stamp_read(found.stamp)
        return found
