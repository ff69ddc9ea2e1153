from __future__ import annotations

from typing import Any

from django.db import migrations, models

KEEPERS = ("fieldwork", "publisher")
KEEP = "key.keep"


def let_two_roles_keep_keys(apps: Any, schema_editor: Any) -> None:
    """Roles that do different work, so that the two people are hardly ever one person under two names."""
    role = apps.get_model("accounts", "Role")
    for keeper in role.objects.filter(key__in=KEEPERS).exclude(permissions__contains=[KEEP]):
        keeper.permissions = [*keeper.permissions, KEEP]
        keeper.save(update_fields=["permissions"])


def begin_custody(apps: Any, schema_editor: Any) -> None:
    """Keys that were made before their life was kept have one too, without the day."""
    custody = apps.get_model("surveys", "KeyCustody")
    keys = apps.get_model("surveys", "WaveKey").objects.values_list("wave_id", flat=True)
    custody.objects.bulk_create([custody(wave_id=wave_id) for wave_id in keys], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("surveys", "0006_key_custody"),
        ("responses", "0005_mailing"),
    ]

    operations = [
        migrations.AddField(
            model_name="opentext",
            name="forgotten",
            field=models.BooleanField(
                default=False,
                help_text="The words are gone; what stands in their place only tells equal texts from different ones.",
            ),
        ),
        migrations.RunPython(begin_custody, migrations.RunPython.noop),
        migrations.RunPython(let_two_roles_keep_keys, migrations.RunPython.noop),
    ]
