"""Addresses of the house. Each room with pages adds its own urls.py, one line each."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from shouwen.house import integrations, webhooks

# One door: the technical administration has no sign-in of its own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("journal/", include("shouwen.journal.urls")),
    path("", include("shouwen.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("administration/integrations/", integrations.integrations, name="admin-integrations"),
    path("administration/integrations/add/", integrations.add, name="admin-integration-add"),
    path("administration/integrations/<int:pk>/", integrations.integration, name="admin-integration"),
    path("administration/integrations/<int:pk>/end/", integrations.end, name="admin-integration-end"),
    path("administration/integrations/<int:pk>/token/", integrations.issue, name="admin-token-add"),
    path("administration/integrations/tokens/<int:pk>/revoke/", integrations.revoke, name="admin-token-revoke"),
    path("administration/integrations/webhooks/", webhooks.webhooks, name="admin-webhooks"),
    path("administration/integrations/webhooks/<int:pk>/", webhooks.webhook, name="admin-webhook"),
    path("administration/integrations/webhooks/<int:pk>/on/", webhooks.switch, {"on": True}, name="admin-webhook-on"),
    path(
        "administration/integrations/webhooks/<int:pk>/off/", webhooks.switch, {"on": False}, name="admin-webhook-off"
    ),
    path("administration/integrations/webhooks/again/<int:pk>/", webhooks.again, name="admin-webhook-again"),
    path("", include("shouwen.desk.urls")),
]
handler400 = "shouwen.desk.views.errors.bad_request"
handler403 = "shouwen.desk.views.errors.forbidden"
handler404 = "shouwen.desk.views.errors.not_found"
handler500 = "shouwen.desk.views.errors.broken"
