from __future__ import annotations

from typing import Any

from django.db import migrations, models

from accounts.chain import START, Link, hash_of

OFF = "ALTER TABLE accounts_auditevent DISABLE TRIGGER accounts_auditevent_append_only"
ON = "ALTER TABLE accounts_auditevent ENABLE TRIGGER accounts_auditevent_append_only"


def chain_rows(apps: Any, schema_editor: Any) -> None:
    """Rows from before the chain get their hashes in the order of their ids. The owner alone can do this."""
    model = apps.get_model("accounts", "AuditEvent")
    previous = START
    for row in model.objects.order_by("id").iterator():
        link = Link(row.id, row.at, row.actor_id, row.action, row.target, row.details, previous)
        row.previous, row.hash = previous, hash_of(link)
        row.save(update_fields=["previous", "hash"])
        previous = row.hash


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_second_factor")]

    operations = [
        migrations.AddField("auditevent", "previous", models.CharField(max_length=64, null=True)),
        migrations.AddField("auditevent", "hash", models.CharField(max_length=64, null=True)),
        migrations.RunSQL(OFF, ON),
        migrations.RunPython(chain_rows, migrations.RunPython.noop),
        migrations.RunSQL(ON, OFF),
    ]
