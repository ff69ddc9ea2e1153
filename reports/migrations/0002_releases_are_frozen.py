from __future__ import annotations

from django.db import migrations

FREEZE = """
CREATE FUNCTION reports_keep_release_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A release is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.content, NEW.content_hash, NEW.edition_id, NEW.requested_by_id, NEW.requested_at)
        IS DISTINCT FROM (OLD.content, OLD.content_hash, OLD.edition_id, OLD.requested_by_id, OLD.requested_at)
    THEN
        RAISE EXCEPTION 'The content of a release never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> 'requested' THEN
        RAISE EXCEPTION 'A release that was decided never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_release_frozen
    BEFORE UPDATE OR DELETE ON reports_release
    FOR EACH ROW EXECUTE FUNCTION reports_keep_release_frozen();
"""

THAW = """
DROP TRIGGER reports_release_frozen ON reports_release;
DROP FUNCTION reports_keep_release_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
