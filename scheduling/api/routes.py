from scheduling.api.resources.appointments import Appointments
from scheduling.api.resources.locations import Locations, Rooms
from scheduling.api.resources.sessions import Sessions

ROUTES = {
    "appointments": Appointments,
    "sessions": Sessions,
    "locations": Locations,
    "rooms": Rooms,
}
