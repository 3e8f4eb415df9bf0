from django.urls import path

from scheduling.authorization_dates import views

urlpatterns = [
    path(
        "authorizations/<int:pk>/dates/",
        views.authorization_dates_page,
        name="authorization_dates",
    ),
]
