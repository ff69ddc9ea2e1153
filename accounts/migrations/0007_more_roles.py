from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = {
    "coder": ("Coder", ["wave.view", "text.code"]),
    "editor": ("Editor", ["wave.view", "table.view"]),
    "auditor": ("Auditor", ["wave.view", "run.view", "audit.view"]),
    "administrator": ("Administrator", ["staff.manage"]),
}


def add_roles(apps: Any, schema_editor: Any) -> None:
    role = apps.get_model("accounts", "Role")
    for key, (name, permissions) in ROLES.items():
        role.objects.update_or_create(key=key, defaults={"name": name, "permissions": permissions})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_audit_chain_is_one")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
