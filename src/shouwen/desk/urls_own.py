"""Addresses of what one arranges for oneself."""

from django.urls import path

from shouwen.desk.administration import own

urlpatterns = [
    path("me/away/", own.away, name="away"),
    path("me/away/absence/", own.absence, name="away-absence"),
    path("me/away/deputy/", own.deputy, name="away-deputy"),
    path("me/away/absences/<int:pk>/end/", own.end_absence, name="away-end-absence"),
    path("me/away/deputies/<int:pk>/end/", own.end_deputy, name="away-end-deputy"),
]
