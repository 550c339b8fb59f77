"""What a process may do with a file. In a module of their own: the process imports it, with all that it imports."""

from __future__ import annotations

import os
import resource
import signal
import time

from services.chassis.refusal import FieldFault, Kind, Refusal
from services.dossiers.adapters import file_worker, pdf_check
from services.dossiers.adapters.uploads import accept


def length(content: bytes) -> int:
    return len(content)


def spin(_: bytes) -> None:
    while True:
        pass


def sleep(_: bytes) -> None:
    time.sleep(60)


def end_from_outside(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_: bytes) -> None:
    raise ZeroDivisionError


def kind(content: bytes) -> str:
    return accept(content).media_type


#: What `kind_by_values` takes of a PDF.
FEW_VALUES = 400_000


def kind_by_values(content: bytes) -> str:
    """As `kind`; but a PDF is refused for its number of values and never for the time of a busy machine."""
    pdf_check.MAX_VALUES, pdf_check.MAX_SECONDS = FEW_VALUES, 120.0
    return kind(content)


def hoard(_: bytes) -> int:
    return len(bytes(file_worker.MEMORY_BYTES))


def refuse(_: bytes) -> None:
    raise Refusal(Kind.CONFLICT, "type", "lời", fields=(FieldFault("/a", "b"),), retry_after=3)


def processor_left(_: bytes) -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return resource.getrlimit(resource.RLIMIT_CPU)[0] - used.ru_utime - used.ru_stime
