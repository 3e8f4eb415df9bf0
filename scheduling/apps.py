from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from accounts.audit import wording
        from accounts.web import panels
        from billing import sources
        from scheduling import permissions, webhooks  # noqa: F401  registers this app's rows
        from scheduling.access import rooms
        from scheduling.appointments.views import parts

        panels.register(
            "accounts:patient",
            "Appointments",
            "scheduling:patient_appointments",
            "appointment.view",
        )
        panels.register(
            "billing:authorization",
            "Appointments with reserved units",
            "scheduling:authorization_appointments",
            "appointment.view",
        )
        sources.register(
            "appointment",
            parts.sources,
            advice="An appointment's units are reserved, used and released with it. "
            "Book, move, complete, reopen or cancel the appointment.",
        )
        wording.register("scheduling.appointment", "scheduling:appointment")
        wording.register("scheduling.session", "scheduling:session")
        wording.before_and_after("appointment.authorization_changed", "authorization")
        wording.name_rows("room", lambda actor: rooms(actor).select_related("location"))
