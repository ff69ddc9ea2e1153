from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    # A migration of its own: PostgreSQL does not change a table that has rows waiting for their checks.
    dependencies = [("accounts", "0005_audit_chain")]

    operations = [
        migrations.AlterField("auditevent", "previous", models.CharField(max_length=64, unique=True)),
        migrations.AlterField("auditevent", "hash", models.CharField(max_length=64, unique=True)),
    ]
