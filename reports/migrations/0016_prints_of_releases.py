import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER reports_releaseprint_append_only
    BEFORE UPDATE OR DELETE ON reports_releaseprint
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = "DROP TRIGGER reports_releaseprint_append_only ON reports_releaseprint;"


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0015_policies_of_waves'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReleasePrint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=20)),
                ('content', models.BinaryField(help_text='PDF/UA-1.')),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='reports.release')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('release', 'language'), name='release_print_once_per_language')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
