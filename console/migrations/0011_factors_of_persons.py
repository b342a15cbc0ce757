from functools import partial
from typing import Any

from django.conf import settings
from django.db import migrations

from console.lib.sealing import SealBrokenError, Sealer

COLUMN = "mfa_authenticator.data"


def bind(apps: Any, _schema_editor: Any, *, to_person: bool) -> None:
    """Seal what stands in the rows of second factors for the person of the row instead of for any, or back."""
    sealer = Sealer(settings.SEAL_KEYS)
    for row in apps.get_model("mfa", "Authenticator").objects.iterator():
        places = [COLUMN, f"{COLUMN}:{row.user_id}"]
        old, new = places if to_person else reversed(places)
        for name in {"secret", "seed"} & row.data.keys():
            try:
                row.data[name] = sealer.seal(sealer.open(row.data[name], place=old), place=new)
            except SealBrokenError:
                continue  # it opened for nobody before, either
        row.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ("console", "0010_session"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(partial(bind, to_person=True), partial(bind, to_person=False)),
    ]
