"""Addresses of the API and of the pages that explain its problems."""

from django.urls import path, re_path

from shouwen.api import views
from shouwen.api.house import api

urlpatterns = [
    path("api/v1/", api.urls),
    # No page of the desk is made for what is not there.
    re_path("^api/", views.nothing),
    path("problems/", views.problems, name="problems"),
    path("problems/<slug:slug>", views.problems, name="problem"),
]
