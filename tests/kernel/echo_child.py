"""A child for test_process: echoes messages; `pid` answers with its process id, `exit` ends it, `hang` stops reading."""

import os
import time

from kernel.process import parent_pipe


def main() -> None:
    """Serve until the parent goes."""
    pipe = parent_pipe()
    pipe.ready()
    while True:
        match pipe.receive():
            case b"exit":
                os._exit(3)
            case b"hang":
                time.sleep(60)
            case b"pid":
                pipe.send(str(os.getpid()).encode())
            case payload:
                pipe.send(payload or b"")


main()
