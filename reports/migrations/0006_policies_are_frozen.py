from __future__ import annotations

from django.db import migrations

FREEZE = """
CREATE FUNCTION reports_keep_policy_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A policy is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> 'proposed' THEN
        RAISE EXCEPTION 'A policy that was decided never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - '{status,decided_by_id,decided_at}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{status,decided_by_id,decided_at}'::text[]
    THEN
        RAISE EXCEPTION 'The values of a policy never change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_policy_frozen
    BEFORE UPDATE OR DELETE ON reports_policy
    FOR EACH ROW EXECUTE FUNCTION reports_keep_policy_frozen();
"""

THAW = """
DROP TRIGGER reports_policy_frozen ON reports_policy;
DROP FUNCTION reports_keep_policy_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_policy_by_two_people")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
