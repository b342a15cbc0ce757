from typing import Any

from django.db import migrations, models

from console.services import audit_guards


def guard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.put()


def unguard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.drop()


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0004_audit_chain'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='outcome',
            field=models.CharField(choices=[('requested', 'Requested'), ('done', 'Done'), ('refused', 'Refused'), ('not_sent', 'not sent'), ('unknown', 'Unknown'), ('unreadable', 'Unreadable'), ('denied', 'Denied'), ('adopted', 'Adopted'), ('conflict', 'Conflict'), ('retryable', 'safe to retry'), ('abandoned', 'Abandoned'), ('drift', 'Drift'), ('sound', 'Sound'), ('broken', 'Broken')], max_length=16),
        ),
        migrations.RunPython(guard, unguard),
    ]
