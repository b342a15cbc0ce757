from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('console', '0011_factors_of_persons'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='provisional_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
