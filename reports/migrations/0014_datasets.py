import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER reports_wavedataset_append_only
    BEFORE UPDATE OR DELETE ON reports_wavedataset
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = "DROP TRIGGER reports_wavedataset_append_only ON reports_wavedataset;"


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0013_layouts_ledger_and_audits'),
        ('surveys', '0007_imported_waves'),
    ]

    operations = [
        migrations.CreateModel(
            name='WaveDataset',
            fields=[
                ('wave', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='dataset', serialize=False, to='surveys.wave')),
                ('dataset_id', models.UUIDField(unique=True)),
                ('rows', models.PositiveIntegerField()),
                ('keys_hash', models.CharField(help_text='SHA-256 over the sorted keys of its responses.', max_length=64)),
                ('frozen_at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
