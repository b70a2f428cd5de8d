"""Addresses of the ledger."""

from django.urls import path

from shouwen.desk.views import bulk, find, ledger

urlpatterns = [
    path("ledger/", ledger.index, name="ledger"),
    path("ledger/categories/", ledger.categories, name="ledger-categories"),
    path("ledger/save/", ledger.save, name="ledger-save"),
    path("ledger/views/", ledger.views, name="ledger-views"),
    path("ledger/export/", ledger.export, name="ledger-export"),
    path("ledger/exports/", ledger.exports, name="ledger-exports"),
    path("ledger/exports/<uuid:pk>/", ledger.export_file, name="ledger-file"),
    path("ledger/bulk/", bulk.begin, name="bulk-begin"),
    path("ledger/bulk/<uuid:pk>/", bulk.job, name="bulk"),
    path("ledger/bulk/<uuid:pk>/do/", bulk.do, name="bulk-do"),
    path("ledger/bulk/<uuid:pk>/again/", bulk.again, name="bulk-again"),
    path("find/units/", find.units, name="find-units"),
    path("matters/", ledger.matters, name="matters"),
]
