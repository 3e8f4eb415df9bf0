from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import BigIntegerField, Func, Value
from django.db.models.functions import Cast


def one_value_range(column: str) -> Func:
    """The range that contains only the value of this integer column.

    Core PostgreSQL has GiST for ranges but not for integers (those need the contrib extension
    btree_gist), so "equal ids" in an exclusion constraint is written as "overlapping one-value
    ranges".
    """
    value = Cast(column, BigIntegerField())
    return Func(
        value, value, Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )
