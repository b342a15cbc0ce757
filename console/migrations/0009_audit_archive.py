from typing import Any

from django.db import migrations, models

from console.services import audit_guards


def guard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.put()


def unguard(_apps: Any, _schema_editor: Any) -> None:
    audit_guards.drop()


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
    ]
