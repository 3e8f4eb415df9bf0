from django.urls import path

from accounts.organizations import views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
]
