"""Our own functions and types in the database; migrations create them."""

# textrange: GiST compares ranges but not text (that needs the contrib extension btree_gist), so
# "equal numbers" is written as "overlapping one-value ranges". billing_units_held: the units that
# count against a cap in the day, ISO week (from Monday) or month of a date of service.
CREATE = """
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");

CREATE FUNCTION billing_units_held(which bigint, day date, period text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    first timestamp := date_trunc(period, day::timestamp);
BEGIN
    RETURN (
        SELECT COALESCE(SUM(COALESCE(consumed_units, units)), 0)
          FROM billing_reservation
         WHERE authorization_id = which
           AND state IN ('active', 'consumed')
           AND date_of_service >= first::date
           AND date_of_service < (first + ('1 ' || period)::interval)::date
    );
END
$$;
"""

DROP = """
DROP FUNCTION billing_units_held(bigint, date, text);
DROP TYPE textrange;
"""
