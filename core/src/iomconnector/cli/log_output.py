"""The log of the command line and of the server: one event a line on standard error."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import Processor

from iomconnector.observability.log_context import add_trace, mask_secrets


class LogStream:
    """A text stream whose failures nobody notices: work goes on where its log cannot be written.

    Arguments:
        stream: Where to write; it may be closed, or a pipe that nobody reads any more.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose the text."""
        with suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, as far as that is possible."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure_logging(*, verbose: bool, json: bool) -> None:
    """Send the log to standard error, that of libraries too; secrets are masked.

    Arguments:
        verbose: Every step, not only what matters; of libraries, warnings only.
        json: One JSON object a line, for machines.
    """
    stream = cast(TextIO, LogStream(sys.stderr))
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_trace,
    ]
    rendering: list[Processor] = [
        structlog.processors.format_exc_info,
        mask_secrets,
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
    structlog.configure(
        processors=[*common, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*common, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(json)
