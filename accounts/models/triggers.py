"""Triggers that several tables share."""

from typing import Any

import pgtrigger
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """The library's SQL without its switch to ignore a trigger.

    A guard that the application can switch off is none, and the switch costs a subtransaction for
    every row.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger that nothing in the application can switch off."""

    def compile(self, model: Any) -> compiler.Trigger:
        kwargs = dict(super().compile(model).sql.kwargs)
        del kwargs["ignore_func_name"]
        return compiler.Trigger(name=self.name, sql=GuardSql(**kwargs))


def refuse(
    name: str,
    operation: pgtrigger.Operation,
    *,
    condition: pgtrigger.Condition | None = None,
    level: pgtrigger.Level = pgtrigger.Row,
) -> Guard:
    """Refuse `operation`; Django raises IntegrityError with `name` as the constraint's name."""
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        level=level,
        condition=condition,
        func=f"""
            RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = '{name}';
        """,
    )


def append_only(name: str) -> list[Guard]:
    """Rows are never changed, deleted or truncated."""
    return [
        refuse(f"{name}_append_only", pgtrigger.Update | pgtrigger.Delete),
        refuse(f"{name}_never_truncated", pgtrigger.Truncate, level=pgtrigger.Statement),
    ]


def never_deleted(name: str) -> Guard:
    return refuse(f"{name}_kept", pgtrigger.Delete)


def lawful_transitions(name: str, *, field: str, transitions: list[tuple[str, str]]) -> Guard:
    """Refuse a change of `field` that `transitions`, pairs of old and new value, does not list."""
    lawful = ", ".join(f"('{old}', '{new}')" for old, new in transitions)
    return refuse(
        name,
        pgtrigger.UpdateOf(field),
        condition=pgtrigger.Condition(
            f'OLD."{field}" <> NEW."{field}" AND (OLD."{field}", NEW."{field}") NOT IN ({lawful})'
        ),
    )
