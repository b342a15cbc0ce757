from typing import Any

from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

from console.services import audit_guards


def guard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.put()


def unguard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.drop()


def refuse_to_forget(apps: Any, _schema_editor: Any) -> None:
    """On the way back: without the hashes of what is archived the trail could not be verified any more."""
    if apps.get_model("console", "AuditArchive").objects.exists():
        raise IrreversibleError("Entries of the audit trail are archived: restore a backup from before instead.")


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0008_quota_missed'),
    ]

    operations = [
        # SQLite makes the table anew, which a trigger of another names.
        migrations.RunPython(unguard, guard),
        migrations.AddField(
            model_name='auditarchive',
            name='record_hashes',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='auditarchive',
            name='stays',
            field=models.BinaryField(default=b''),
        ),
        migrations.RunPython(guard, unguard),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_forget),
    ]
