import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER reports_portrait_append_only
    BEFORE UPDATE OR DELETE ON reports_portrait
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = "DROP TRIGGER reports_portrait_append_only ON reports_portrait;"


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0021_unsaved_texts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Portrait',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('content', models.BinaryField(help_text='JPEG, a square of 320 pixels.')),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='expertcomment',
            name='portrait',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.portrait'),
        ),
        migrations.AddField(
            model_name='expertword',
            name='portrait',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.portrait'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
