from __future__ import annotations

from typing import Any

from django.db import migrations

# Two roles, so that a programme with one person in each has the two people that a looser policy needs.
ROLES = ("analyst", "publisher")
PERMISSION = "policy.change"


def add_permission(apps: Any, schema_editor: Any) -> None:
    for role in apps.get_model("accounts", "Role").objects.filter(key__in=ROLES):
        if PERMISSION not in role.permissions:
            role.permissions = [*role.permissions, PERMISSION]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_more_roles")]

    operations = [migrations.RunPython(add_permission, migrations.RunPython.noop)]
