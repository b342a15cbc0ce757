"""Drop the index on the actor's number alone, without rebuilding the table, which would drop its guards on SQLite."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "console_auditentry"


def drop_index(apps: Any, schema_editor: Any) -> None:
    """Its name is Django's own and differs between installations."""
    database = schema_editor.connection
    with database.cursor() as cursor:
        found = database.introspection.get_constraints(cursor, TABLE)
    for name, facts in found.items():
        if facts["columns"] == ["actor_id"] and facts["index"] and not facts["foreign_key"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


class Migration(migrations.Migration):

    dependencies = [
        ("console", "0006_audit_indexes"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_index, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    model_name="auditentry",
                    name="actor",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
