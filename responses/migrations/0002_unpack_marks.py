from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE FUNCTION responses_unpack_marks(packed bytea) RETURNS smallint[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(
            array_agg((get_byte(packed, i) + 256 * get_byte(packed, i + 1))::smallint ORDER BY i), '{}'
        )
        FROM generate_series(0, octet_length(packed) - 2, 2) AS i
    );
COMMENT ON FUNCTION responses_unpack_marks(bytea) IS
    'The marks of a response as numbers, for people; counting reads the packed form.';
"""

DROP = "DROP FUNCTION responses_unpack_marks(bytea);"


class Migration(migrations.Migration):
    dependencies = [("responses", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
