from django.urls import path

from accounts.api_keys import views

urlpatterns = [
    path("api-keys/", views.api_key_list, name="api_keys"),
    path("api-keys/new/", views.api_key_new, name="api_key_new"),
    path("api-keys/<int:pk>/rotate/", views.api_key_rotate, name="api_key_rotate"),
    path("api-keys/<int:pk>/revoke/", views.api_key_revoke, name="api_key_revoke"),
]
