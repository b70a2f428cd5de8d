"""Addresses of supervision and of the regulation reader."""

from django.urls import path

from shouwen.desk.views import ladder, library, policies, supervision

urlpatterns = [
    path("supervision/", supervision.supervision, name="supervision"),
    path("supervision/list/", supervision.listed, name="supervised"),
    path("supervision/urge/", supervision.urge, name="urge"),
    path("supervision/ladder/", ladder.ladder, name="ladder"),
    path("regulations/", library.policies, name="policies"),
    path("clauses/", library.search, name="clauses"),
    path("comparison/", library.comparison, name="comparison"),
    path("regulations/<str:name>/", policies.policy, name="policy"),
    path("regulations/<str:name>/figures/", policies.figures, name="policy-figures"),
    path("regulations/<str:name>/print/", policies.printed, name="policy-print"),
    path("regulations/<str:name>/compare/", policies.compare, name="policy-compare"),
    path("clauses/<path:clause_id>", policies.clause, name="clause"),
]
