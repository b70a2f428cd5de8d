from django.urls import path

from shouwen.journal import views

app_name = "journal"
urlpatterns = [path("attachments/<uuid:pk>/", views.attachment, name="attachment")]
