from __future__ import annotations

from typing import Any

from django.db import migrations


def add_policy(apps: Any, schema_editor: Any) -> None:
    apps.get_model("reports", "Policy").objects.get_or_create(version=1)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_releases_are_frozen")]

    operations = [migrations.RunPython(add_policy, migrations.RunPython.noop)]
