from django.urls import path

from accounts.invitations import views

urlpatterns = [
    path("patients/<int:pk>/invite/", views.invite_patient, name="patient_invite"),
    path("guardians/<int:pk>/invite/", views.invite_guardian, name="guardian_invite"),
    path("members/invite/", views.invite, name="member_invite"),
    path("invitations/<int:pk>/resend/", views.invitation_resend, name="invitation_resend"),
    path("invitations/<int:pk>/revoke/", views.invitation_revoke, name="invitation_revoke"),
]
