import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE TRIGGER reports_releaseaudit_append_only
    BEFORE UPDATE OR DELETE ON reports_releaseaudit
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
CREATE TRIGGER reports_auditinterval_append_only
    BEFORE UPDATE OR DELETE ON reports_auditinterval
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = """
DROP TRIGGER reports_auditinterval_append_only ON reports_auditinterval;
DROP TRIGGER reports_releaseaudit_append_only ON reports_releaseaudit;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0012_signatures_and_ledger'),
        ('surveys', '0007_imported_waves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditInterval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=121)),
                ('breakdown', models.CharField(blank=True, max_length=60)),
                ('part', models.CharField(blank=True, max_length=300)),
                ('row', models.CharField(blank=True, max_length=60)),
                ('statistic', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=20)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('low', models.PositiveIntegerField()),
                ('high', models.PositiveIntegerField()),
                ('inside_low', models.PositiveIntegerField(help_text='For the one of those counted who learns most.')),
                ('inside_high', models.PositiveIntegerField()),
                ('need', models.PositiveSmallIntegerField(help_text='How wide it must be.')),
                ('base', models.PositiveIntegerField()),
                ('passes', models.BooleanField()),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='DesignChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=60)),
                ('breakdown', models.CharField(max_length=60)),
                ('design', models.CharField(blank=True, max_length=400)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='ReleaseAudit',
            fields=[
                ('release', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='audit', serialize=False, to='reports.release')),
                ('made_at', models.DateTimeField()),
                ('code_version', models.CharField(max_length=40)),
                ('targets', models.PositiveIntegerField(help_text='Withheld numbers that were looked at.')),
                ('too_narrow', models.PositiveIntegerField(help_text='Of these, how many a reader can narrow too far.')),
                ('contradiction', models.TextField(blank=True, help_text='Where no answers at all agree with what would be published.')),
            ],
        ),
        migrations.CreateModel(
            name='WithheldCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(help_text='small_base, small_cell, full_cell, zero_in_break, complement', max_length=20)),
                ('of_breakdowns', models.BooleanField()),
                ('cells', models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='ledgerentry',
            name='ledger_entry_once',
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='breakdown',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='part',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='policy',
            name='least_shown',
            field=models.PositiveSmallIntegerField(default=70, help_text='Per cent of the numbers of a breakdown that must be shown; with fewer it is dropped.'),
        ),
        migrations.AddField(
            model_name='run',
            name='best_groups',
            field=models.PositiveIntegerField(help_text='Of these, how many are proven to withhold as little as can be.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='largest_gap',
            field=models.FloatField(help_text='Share of what is withheld in a group that may be more than is needed, 0 to 1.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='tied_groups',
            field=models.PositiveIntegerField(help_text='Groups of counts that follow from each other, in which something is withheld.', null=True),
        ),
        migrations.AddField(
            model_name='table',
            name='design',
            field=models.CharField(blank=True, help_text='Of a breakdown, which answers and groups stand together.', max_length=400),
        ),
        migrations.AddField(
            model_name='table',
            name='tried',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=440), default=list, help_text='Every layout that was looked at, and what came of it.', size=None),
        ),
        migrations.AlterField(
            model_name='cell',
            name='part',
            field=models.CharField(blank=True, help_text='Group of the breakdown.', max_length=300),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('release', 'figure', 'breakdown', 'part', 'row', 'kind', 'code', 'statistic', 'base_rule'), name='ledger_entry_once'),
        ),
        migrations.AddField(
            model_name='designchoice',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='designchoice',
            name='wave',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='design_choices', to='surveys.wave'),
        ),
        migrations.AddField(
            model_name='auditinterval',
            name='audit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intervals', to='reports.releaseaudit'),
        ),
        migrations.AddField(
            model_name='withheldcount',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withheld_counts', to='reports.run'),
        ),
        migrations.AddConstraint(
            model_name='withheldcount',
            constraint=models.UniqueConstraint(fields=('run', 'reason', 'of_breakdowns'), name='withheld_count_once'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
