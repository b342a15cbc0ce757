from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0012_provisional_passwords'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpentForm',
            fields=[
                ('token', models.UUIDField(primary_key=True, serialize=False)),
            ],
        ),
    ]
