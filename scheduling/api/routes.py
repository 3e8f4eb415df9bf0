from scheduling.appointments.api.resource import Appointments
from scheduling.locations.api import Locations, Rooms
from scheduling.sessions.api import Sessions

ROUTES = {
    "appointments": Appointments,
    "sessions": Sessions,
    "locations": Locations,
    "rooms": Rooms,
}
