import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER reports_releasepicture_append_only
    BEFORE UPDATE OR DELETE ON reports_releasepicture
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = "DROP TRIGGER reports_releasepicture_append_only ON reports_releasepicture;"


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0019_table_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReleasePicture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=20)),
                ('figure', models.CharField(blank=True, help_text='Empty for the report as a whole.', max_length=200)),
                ('content', models.BinaryField(help_text='PNG, 1200 by 630 pixels.')),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='reports.release')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('release', 'language', 'figure'), name='release_picture_once_per_figure_and_language')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
