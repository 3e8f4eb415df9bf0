from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.template import Template
from django.utils.safestring import SafeString

from accounts.web.formatting import status_mark

ROW_LINK = {"a": {"class": "row-link"}}
FIGURE = {"td": {"class": "num"}, "th": {"class": "num"}}
FIT = {"td": {"class": "fit"}}
MONO = {"td": {"class": "mono"}}
ACTIVE_CELL = "accounts/web/active_cell.html"


def row_url(table: tables.Table, name: str, pk: int) -> str:
    """The address of a row's page in the request's clinic."""
    return table.request.actor.url(name, pk=pk)


def active_mark(is_active: bool) -> SafeString:
    return status_mark("active" if is_active else "inactive")


class Cell(tables.TemplateColumn):
    """A cell rendered by a template in the context of its page.

    The library creates a context for each cell, and runs every context processor for it.
    """

    def __init__(self, template_name: str, **kwargs: Any) -> None:
        super().__init__(template_name=template_name, **kwargs)

    def render(self, record: Any, table: tables.Table, **kwargs: Any) -> SafeString:
        own = self.get_context_data(record=record, table=table, **kwargs)
        template: Template = table.context.template.engine.get_template(self.template_name)
        with table.context.update(own):
            return template.render(table.context)


def cells_in(folder: str) -> Callable[..., Cell]:
    """A shorthand for the cells of one room: `cell("units")` is `<folder>/cells/units.html`."""

    def cell(template: str, **kwargs: Any) -> Cell:
        return Cell(f"{folder}/cells/{template}.html", **kwargs)

    return cell
