from django.urls import path

from accounts.sign_in import views

urlpatterns = [
    path("", views.entrance, name="entrance"),
    path("clinics/", views.clinics, name="clinics"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
