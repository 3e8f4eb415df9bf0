from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.validators import validate_plain_text


class LocationQuerySet(TenantQuerySet):
    def active(self) -> LocationQuerySet:
        return self.filter(is_active=True)


class Location(models.Model):
    """Where services are rendered. `place_of_service` is the CMS two-digit code (11 is office)."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="locations"
    )
    name = models.CharField(max_length=120, validators=[validate_plain_text])
    place_of_service = models.CharField(
        "place of service (POS)",
        max_length=2,
        default="11",
        validators=[
            RegexValidator(r"^[0-9]{2}\Z", "A place of service has two digits; 11 is office.")
        ],
    )
    address = models.CharField(max_length=250, blank=True, validators=[validate_plain_text])
    is_active = models.BooleanField(default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="location_name_once"),
            unique_in_organization("location"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80, validators=[validate_plain_text])
    is_active = models.BooleanField(default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["location__name", "name", "id"]
        constraints = [
            models.UniqueConstraint("location", Lower("name"), name="room_name_once"),
            *same_organization("room", location="scheduling.Location"),
            # Appointments refer to the room together with its location.
            models.UniqueConstraint(
                fields=["organization", "id", "location"], name="room_at_location"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.location}"
