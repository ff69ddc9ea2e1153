from __future__ import annotations

from typing import Any

from django.db import migrations

# Whoever prepares waves and knows where their answers come from.
ROLE = "fieldwork"
PERMISSION = "response.import"


def add_permission(apps: Any, schema_editor: Any) -> None:
    for role in apps.get_model("accounts", "Role").objects.filter(key=ROLE):
        if PERMISSION not in role.permissions:
            role.permissions = [*role.permissions, PERMISSION]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_coding")]

    operations = [migrations.RunPython(add_permission, migrations.RunPython.noop)]
