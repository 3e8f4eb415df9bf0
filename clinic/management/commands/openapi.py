from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic.api import schema
from clinic.api.compatibility import breaking

FILE = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


class Command(BaseCommand):
    help = "Write docs/openapi.yaml. Refuses changes that would break existing programs."

    def handle(self, **options: Any) -> None:
        written = schema.as_yaml()
        if FILE.exists():
            breaks = breaking(yaml.safe_load(FILE.read_text()), yaml.safe_load(written))
            if breaks:
                raise CommandError("\n".join(["This would break existing programs:", *breaks]))
        FILE.write_text(written)
        self.stdout.write(f"Written: {FILE.relative_to(settings.BASE_DIR)}")
