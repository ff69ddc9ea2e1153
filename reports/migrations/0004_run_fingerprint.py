from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_first_policy")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="fingerprint",
            field=models.CharField(
                blank=True,
                help_text="Of what was counted: definition, codings, policy and code.",
                max_length=64,
            ),
        ),
    ]
