from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from accounts.audit import wording as history
        from accounts.web import panels as patient_panels
        from billing import panels as authorization_panels
        from billing import sources
        from scheduling import permissions, webhooks  # noqa: F401  registers this app's rows
        from scheduling.access import rooms
        from scheduling.appointments.views import parts

        part = "scheduling:patient_appointments"
        patient_panels.register("Appointments", part, "appointment.view")
        holding = "scheduling:authorization_appointments"
        authorization_panels.register("Appointments that hold units", holding, "appointment.view")
        sources.register(
            "appointment",
            parts.sources,
            advice="An appointment's units are held, used and freed with it. Book, move, complete, "
            "reopen or cancel the appointment.",
        )
        history.register("scheduling.appointment", "scheduling:appointment")
        history.register("scheduling.session", "scheduling:session")
        history.before_and_after("appointment.authorization_changed", "authorization")
        history.name_rows("room", lambda actor: rooms(actor).select_related("location"))
