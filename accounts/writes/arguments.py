"""The arguments of services that take `**fields: Unpack[SomeTypedDict]`."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any


def refuse_unknown(function: Callable[..., Any], given: dict[str, Any]) -> None:
    """Raises TypeError for a keyword that the service does not name, as Python itself would.

    Python does not check a TypedDict, and callers pass on what a form or request contains. A field
    that the service does not name must not reach the row.
    """
    known = keywords_of(function)
    if known is not None and (unknown := given.keys() - known):
        raise TypeError(f"{function.__qualname__} takes no {sorted(unknown)}")


@functools.cache
def keywords_of(function: Callable[..., Any]) -> frozenset[str] | None:
    """All keywords that the function takes; None where Python checks them itself."""
    parameters = inspect.signature(function).parameters.values()
    several = [one for one in parameters if one.kind is inspect.Parameter.VAR_KEYWORD]
    if not several:
        return None
    hint = typing.get_type_hints(function)[several[0].name]
    if typing.get_origin(hint) is not typing.Unpack:
        return None
    (fields,) = typing.get_args(hint)
    return frozenset({one.name for one in parameters} | typing.get_type_hints(fields).keys())
