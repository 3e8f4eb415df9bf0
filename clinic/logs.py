import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

EMAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# PostgreSQL quotes the refused row in the detail of an error, and a note in the row may have
# several lines. The detail ends where the error's next part begins (its name is followed by two
# spaces) or where Python's own lines begin.
DATABASE_DETAIL = re.compile(
    r"""DETAIL:[ ].*?
    (?= \n+ (?: (?:HINT|CONTEXT|QUERY|STATEMENT):[ ]{2}
            | Traceback[ ]\(most[ ]recent[ ]call[ ]last\):\n
            | The[ ]above[ ]exception[ ]was[ ]the[ ]direct[ ]cause[ ]
            | During[ ]handling[ ]of[ ]the[ ]above[ ]exception,[ ]
        )
        | \Z
    )""",
    re.DOTALL | re.VERBOSE,
)


def leave_out_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str):
            value = EMAIL_ADDRESS.sub("[e-mail]", value)
            event[key] = DATABASE_DETAIL.sub("DETAIL: [left out]", value)
    return event


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """LOGGING for stderr, with one formatter for records of structlog and the standard library."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=["status_code"]),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.UnicodeDecoder(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    leave_out_personal_data,
                    renderer,
                ],
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # By default Django mails errors and, without DEBUG, does not log them to the console.
            "django": {"handlers": [], "level": level, "propagate": True},
            # Logs paths, which may contain personal data; the request's own line does not.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
            # At INFO it logs every poll.
            "procrastinate": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
