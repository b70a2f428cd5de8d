"""Addresses of notices and mail."""

from django.urls import path

from shouwen.desk.views import mail, notices

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.mark_all, name="notices-read"),
    path("notices/samples/", notices.samples, name="samples"),
    path("notices/<int:pk>/", notices.follow, name="notice"),
    path("notices/<int:pk>/read/", notices.mark, name="notice-read"),
    path("me/notices/", notices.settings, name="my-notices"),
    path("mail/", mail.mails, name="mails"),
    path("mail/<int:pk>/", mail.mail, name="mail"),
    path("mail/<int:pk>/handle/", mail.handle, name="mail-handle"),
    path("matters/<uuid:pk>/mail/", mail.letter, name="letter"),
]
