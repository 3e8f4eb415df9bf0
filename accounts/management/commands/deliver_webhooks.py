import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from accounts.webhooks.deliverer import Deliverer


class Command(BaseCommand):
    help = "Send events to the clinics' webhooks, until stopped. Several may run at once."

    def handle(self, **options: Any) -> None:
        asyncio.run(self.deliver())

    async def deliver(self) -> None:
        deliverer = Deliverer()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, deliverer.stop)
        await deliverer.run()
