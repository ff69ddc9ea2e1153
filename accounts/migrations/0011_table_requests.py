from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = ("analyst",)
PERMISSION = "table.request"


def add_permission(apps: Any, schema_editor: Any) -> None:
    for role in apps.get_model("accounts", "Role").objects.filter(key__in=ROLES):
        if PERMISSION not in role.permissions:
            role.permissions = [*role.permissions, PERMISSION]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_import")]

    operations = [migrations.RunPython(add_permission, migrations.RunPython.noop)]
