import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION reports_keep_what_is_public() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Signatures, their keys, the ledger and withdrawals are append-only'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER reports_signingkey_append_only
    BEFORE UPDATE OR DELETE ON reports_signingkey
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
CREATE TRIGGER reports_releasesignature_append_only
    BEFORE UPDATE OR DELETE ON reports_releasesignature
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
CREATE TRIGGER reports_ledgerentry_append_only
    BEFORE UPDATE OR DELETE ON reports_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
CREATE TRIGGER reports_figurewithdrawal_append_only
    BEFORE UPDATE OR DELETE ON reports_figurewithdrawal
    FOR EACH ROW EXECUTE FUNCTION reports_keep_what_is_public();
"""

LET_GO = """
DROP TRIGGER reports_figurewithdrawal_append_only ON reports_figurewithdrawal;
DROP TRIGGER reports_ledgerentry_append_only ON reports_ledgerentry;
DROP TRIGGER reports_releasesignature_append_only ON reports_releasesignature;
DROP TRIGGER reports_signingkey_append_only ON reports_signingkey;
DROP FUNCTION reports_keep_what_is_public();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0011_weighted_cells"),
        ("surveys", "0007_imported_waves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_key", models.BinaryField(help_text="Ed25519, 32 bytes.", unique=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={"ordering": ("id",)},
        ),
        migrations.CreateModel(
            name="ReleaseSignature",
            fields=[
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="signature",
                        serialize=False,
                        to="reports.release",
                    ),
                ),
                ("signature", models.BinaryField(help_text="Ed25519, 64 bytes.")),
                ("signed_at", models.DateTimeField()),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.signingkey"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=121)),
                ("row", models.CharField(blank=True, max_length=60)),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("statistic", models.CharField(max_length=60)),
                ("base_rule", models.CharField(max_length=120)),
                (
                    "of_one",
                    models.BooleanField(help_text="Whether everybody gives exactly one of these answers."),
                ),
                ("count", models.PositiveIntegerField(null=True)),
                ("base", models.PositiveIntegerField(null=True)),
                ("value", models.FloatField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ledger", to="reports.release"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "figure", "row", "kind", "code", "statistic", "base_rule"),
                        name="ledger_entry_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FigureWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(max_length=121)),
                ("note", models.TextField(help_text="Printed in the place of the figure.")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="surveys.edition"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "figure"), name="figure_withdrawn_once"),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="figure_withdrawal_says_why"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
