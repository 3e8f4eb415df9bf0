from django.urls import path

from scheduling.locations import views

urlpatterns = [
    path("locations/", views.location_list, name="locations"),
    path("locations/new/", views.location_new, name="location_new"),
    path("locations/<int:pk>/", views.location, name="location"),
    path("locations/<int:pk>/edit/", views.location_edit, name="location_edit"),
    path("locations/<int:pk>/rooms/new/", views.room_new, name="room_new"),
    path("rooms/<int:pk>/edit/", views.room_edit, name="room_edit"),
]
