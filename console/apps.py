"""The console as Django's application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = "OTA Console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console import admin, checks  # noqa: F401, PLC0415  registered once the models are there
        from console.services import audit_chain, audit_guards, schedules, sessions, sign_in_audit  # noqa: PLC0415
        from console.services.roles import make_groups  # noqa: PLC0415

        audit_chain.teach_sqlite()
        sessions.listen()
        sign_in_audit.listen()
        post_migrate.connect(make_groups, sender=self)
        post_migrate.connect(audit_chain.make_head, sender=self)
        # After the head, which the guards would not let in twice.
        post_migrate.connect(audit_guards.ensure, sender=self)
        post_migrate.connect(schedules.ensure, sender=self)
