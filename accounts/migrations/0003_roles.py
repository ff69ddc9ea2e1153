from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = {
    "fieldwork": (
        "Fieldwork manager",
        ["wave.view", "wave.manage", "invitation.upload", "run.view", "run.start"],
    ),
    "analyst": ("Analyst", ["wave.view", "run.view", "run.start", "text.code", "table.view", "release.request"]),
    "publisher": ("Publisher", ["wave.view", "run.view", "table.view", "release.request", "release.approve"]),
}


def add_roles(apps: Any, schema_editor: Any) -> None:
    role = apps.get_model("accounts", "Role")
    for key, (name, permissions) in ROLES.items():
        role.objects.update_or_create(key=key, defaults={"name": name, "permissions": permissions})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_is_append_only")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
