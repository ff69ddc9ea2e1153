from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

# The lead of the coding codes as well, but never what two others are to code blind.
LEAD = ("coding_lead", "Lead of the coding", ["wave.view", "text.code", "coding.lead", "text.quote"])
GIVEN = {"analyst": ("coding.lead", "text.quote"), "editor": ("text.quote",)}


def add_roles(apps: Any, schema_editor: Any) -> None:
    role = apps.get_model("accounts", "Role")
    key, name, permissions = LEAD
    role.objects.update_or_create(key=key, defaults={"name": name, "permissions": permissions})
    for found in role.objects.filter(key__in=GIVEN):
        new = [permission for permission in GIVEN[found.key] if permission not in found.permissions]
        found.permissions = [*found.permissions, *new]
        found.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_policy_permission")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="Tags of the languages that this person reads: texts to be coded come in these alone.",
                size=None,
            ),
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
