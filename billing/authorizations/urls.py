from django.urls import path

from billing.authorizations import views

urlpatterns = [
    path("authorizations/", views.authorization_list, name="authorizations"),
    path(
        "patients/<int:pk>/authorizations/new/",
        views.authorization_new,
        name="authorization_new",
    ),
    path("authorizations/<int:pk>/", views.authorization, name="authorization"),
    path(
        "authorizations/<int:pk>/edit/",
        views.authorization_edit,
        name="authorization_edit",
    ),
    path(
        "authorizations/<int:pk>/adjust/",
        views.authorization_adjust,
        name="authorization_adjust",
    ),
    path(
        "authorizations/<int:pk>/activate/",
        views.authorization_activate,
        name="authorization_activate",
    ),
    path(
        "authorizations/<int:pk>/cancel/",
        views.authorization_cancel,
        name="authorization_cancel",
    ),
    path(
        "authorizations/<int:pk>/history/",
        views.authorization_history,
        name="authorization_history",
    ),
]
