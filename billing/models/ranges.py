from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import BigIntegerField, Func, Value
from django.db.models.functions import Cast


def only(column: str) -> Func:
    """The range that holds just this id.

    Core PostgreSQL has GiST for ranges but not for integers (that is the contrib btree_gist), so
    "equal ids" in an exclusion constraint is written as "overlapping one-value ranges".
    """
    value = Cast(column, BigIntegerField())
    return Func(
        value, value, Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )
