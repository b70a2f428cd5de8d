"""Addresses about customers and about who looked at their data."""

from django.urls import path

from shouwen.desk.views import access, customer_acts, customers, duplicates

urlpatterns = [
    path("customers/", customers.customers, name="customers"),
    path("customers/export/", customers.export, name="customers-export"),
    path("customers/new/", customer_acts.register, name="customer-new"),
    path("customers/duplicates/", duplicates.duplicates, name="duplicates"),
    path("customers/looks/", access.looks, name="looks"),
    path("customers/looks/export/", access.export, name="looks-export"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/history/", customers.history, name="customer-history"),
    path("customers/<int:pk>/looks/", access.looks, name="customer-looks"),
    path("customers/<int:pk>/looks/export/", access.export, name="customer-looks-export"),
    path("customers/<int:pk>/merge/", duplicates.choose, name="customer-merge"),
    path("customers/<int:pk>/merge/<int:other>/", duplicates.compare, name="customer-compare"),
    path("customers/<int:pk>/do/<slug:name>/", customer_acts.act, name="customer-act"),
]
