from __future__ import annotations

from accounts.web.tables import Cell

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}


FIT = {"td": {"class": "fit"}, "th": {"class": "fit"}}


def cell(template: str, **kwargs: object) -> Cell:
    return Cell(f"billing/cells/{template}.html", **kwargs)
