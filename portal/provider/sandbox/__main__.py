"""`python -m portal.provider.sandbox [--port N] [--data FILE] [--<knob> VALUE]...`"""

import argparse
import os
import signal
import sys
import threading

from portal.provider.sandbox import knobs
from portal.provider.sandbox.knobs import BadKnob, Knobs
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.server import Server
from portal.provider.sandbox.storage import Storage
from portal.provider.sandbox.webhooks import Webhooks


def main() -> int:
    """Serve until SIGTERM or SIGINT; the first line printed names the address."""
    options, settings = _parsed()
    is_over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_over.set())
    if options.exit_with_stdin:
        threading.Thread(target=_watch_stdin, args=(is_over,), daemon=True).start()

    storage = Storage(options.data)
    provider = Provider(settings, storage)
    webhooks = Webhooks(provider)
    with Server(options.port, provider, webhooks) as server:
        webhooks.start()
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        sys.stdout.write(f"sandbox ready at {server.base_url}\n")
        sys.stdout.flush()
        is_over.wait()
        server.shutdown()
    storage.close()
    return 0


def _parsed() -> tuple[argparse.Namespace, Knobs]:
    parser = argparse.ArgumentParser(
        prog="python -m portal.provider.sandbox",
        description="A stand-in for the gift-card provider, on 127.0.0.1.",
        epilog="Lists and tables are given as JSON. POST /_sandbox/settings changes"
        " the same settings while it runs.",
    )
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--data", default=":memory:", help="file to keep orders in")
    parser.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="stop when standard input ends, that is, when the parent process does",
    )
    for name in knobs.NAMES:
        default = getattr(Knobs(), name)
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            default=argparse.SUPPRESS,
            help=f"default: {default}" if isinstance(default, str) else None,
        )
    options = parser.parse_args()
    given = {name: getattr(options, name) for name in knobs.NAMES if name in options}
    try:
        return options, knobs.changed(Knobs(), given)
    except BadKnob as error:
        parser.error(str(error))


def _watch_stdin(is_over: threading.Event) -> None:
    # Not through sys.stdin: its lock, held by this thread, would spoil the exit.
    while os.read(sys.stdin.fileno(), 4096):
        continue
    is_over.set()


if __name__ == "__main__":
    sys.exit(main())
