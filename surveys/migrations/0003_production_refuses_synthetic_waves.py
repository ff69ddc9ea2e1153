from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION surveys_refuse_synthetic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.synthetic AND EXISTS (SELECT FROM surveys_production) THEN
        RAISE EXCEPTION 'This is a production database: it takes no synthetic wave'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER surveys_wave_is_real_in_production
    BEFORE INSERT OR UPDATE ON surveys_wave
    FOR EACH ROW EXECUTE FUNCTION surveys_refuse_synthetic();

CREATE FUNCTION surveys_keep_production() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'A production database stays one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM surveys_wave WHERE synthetic) THEN
        RAISE EXCEPTION 'This database holds synthetic waves: production needs one of its own'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER surveys_production_stays
    BEFORE INSERT OR UPDATE OR DELETE ON surveys_production
    FOR EACH ROW EXECUTE FUNCTION surveys_keep_production();
"""

DROP = """
DROP TRIGGER surveys_production_stays ON surveys_production;
DROP FUNCTION surveys_keep_production();
DROP TRIGGER surveys_wave_is_real_in_production ON surveys_wave;
DROP FUNCTION surveys_refuse_synthetic();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_production")]

    operations = [migrations.RunSQL(CREATE, DROP)]
