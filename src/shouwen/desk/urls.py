"""Addresses of the desk."""

from django.urls import include, path

from shouwen.desk import urls_customers, urls_ledger, urls_notices, urls_own, urls_supervision
from shouwen.desk.views import act, causes, correct, find, intake, keep, matter, subjects, workbench

app_name = "desk"
urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("matters/new/", intake.intake, name="intake"),
    path("matters/new/known/", intake.known, name="known"),
    path("matters/new/repeats/", intake.repeats, name="repeats"),
    path("matters/causes/", causes.causes, name="causes"),
    path("matters/causes/new/", causes.new, name="cause-new"),
    path("matters/causes/<uuid:pk>/", causes.cause, name="cause"),
    path("matters/causes/<uuid:pk>/join/", causes.join, name="cause-join"),
    path("matters/causes/<uuid:pk>/leave/", causes.leave, name="cause-leave"),
    path("matters/<uuid:pk>/", matter.matter, name="matter"),
    path("matters/<uuid:pk>/customer/", matter.reveal, name="reveal"),
    path("matters/<uuid:pk>/present/", matter.present, name="present"),
    path("matters/<uuid:pk>/why/", matter.why, name="why"),
    path("matters/<uuid:pk>/do/<slug:event>/", act.act, name="act"),
    path("matters/<uuid:pk>/entries/<int:seq>/correct/", correct.correct, name="correct"),
    path("keep/", keep.keep, name="keep"),
    path("subjects/new/", subjects.new, name="subject-new"),
    path("administration/", include("shouwen.desk.administration.urls")),
    path("find/customers/", find.customers, name="find-customers"),
    path("find/assets/", find.assets, name="find-assets"),
    path("find/people/", find.people, name="find-people"),
    path("find/matters/", find.matters, name="find-matters"),
    *urls_customers.urlpatterns,
    *urls_ledger.urlpatterns,
    *urls_notices.urlpatterns,
    *urls_own.urlpatterns,
    *urls_supervision.urlpatterns,
]
