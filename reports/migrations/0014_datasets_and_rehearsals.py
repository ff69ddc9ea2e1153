import django.db.models.deletion
from django.conf import settings
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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('responses', models.PositiveIntegerField(help_text='Answers that are expected.')),
                ('draws', models.PositiveSmallIntegerField(default=0)),
                ('from_release', models.CharField(blank=True, help_text='The release whose published shares were answered by, if any.', max_length=40)),
                ('use_last', models.BooleanField(default=True)),
                ('status', models.CharField(choices=[('waiting', 'waits for the worker'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.policy')),
                ('questionnaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rehearsals', to='surveys.questionnaire')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='RehearsalTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('question', models.CharField(max_length=60)),
                ('breakdown', models.CharField(blank=True, max_length=60)),
                ('stood', models.PositiveSmallIntegerField(help_text='Draws in which at least half of it was shown.')),
                ('base_low', models.PositiveIntegerField(help_text='Smallest base, over the draws.', null=True)),
                ('base_high', models.PositiveIntegerField(null=True)),
                ('rehearsal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tables', to='reports.rehearsal')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(('responses__gte', 1), ('responses__lte', 2000)), name='rehearsal_is_of_some_people'),
        ),
        migrations.AddConstraint(
            model_name='rehearsaltable',
            constraint=models.UniqueConstraint(fields=('rehearsal', 'question', 'breakdown'), name='rehearsal_table_once'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
