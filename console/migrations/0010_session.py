import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0009_audit_archive'),
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    'user',
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        # Where the sessions were before, of which they are no part any more: they held what the cookies said.
        migrations.RunSQL('DROP TABLE IF EXISTS usersessions_usersession', migrations.RunSQL.noop),
        migrations.RunSQL('DROP TABLE IF EXISTS django_session', migrations.RunSQL.noop),
        # So that an older console, should somebody go back to one, makes them anew.
        migrations.RunSQL(
            "DELETE FROM django_migrations WHERE app IN ('sessions', 'usersessions')", migrations.RunSQL.noop
        ),
    ]
