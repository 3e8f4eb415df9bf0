from scheduling.models.appointment import Appointment, Status
from scheduling.models.location import Location, Room
from scheduling.models.session import Addendum, ProgressNote, Session

__all__ = ["Addendum", "Appointment", "Location", "ProgressNote", "Room", "Session", "Status"]
