"""`python -m tests.benchmarks`: every benchmark, one table, exit code 1 on a miss."""

import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.provider.sandbox.launch import launch
from tests import engines
from tests.benchmarks.installation import Figure, installation, manage, measure

CONCURRENCY = 4


def main() -> int:
    is_met = True
    for engine, figure in _figures():
        is_met &= figure.is_met
        verdict = "met" if figure.is_met else "MISSED"
        _say(
            f"{engine:<11} {figure.what:<42} {figure.measured:>8.2f} {figure.unit:<2}"
            f"  at most {figure.most:>6g} {figure.unit:<2}  {verdict}"
        )
    _say("Every target is met." if is_met else "A target is MISSED.")
    return 0 if is_met else 1


def _figures() -> Iterator[tuple[str, Figure]]:
    postgres, redis = engines.postgres(), engines.redis()
    with (
        launch() as sandbox,
        installation(None, PROVIDER_BASE_URL=sandbox.base_url) as environment,
    ):
        manage(environment, "collectstatic", "--no-input", "--verbosity=0")
        manage(environment, "demo")
        yield from (("SQLite", f) for f in measure(environment, "memory"))
    for engine, url in (("SQLite", None), ("PostgreSQL", postgres)):
        modules = ("lists", "claiming", "exporting", "rotating")
        for module in modules if engine == "SQLite" or url else ():
            with installation(url) as environment:
                yield from ((engine, f) for f in measure(environment, module))
    for module in ("embedded", "postal_rows", "shipping_picker"):
        with installation(None) as environment:
            yield from (("SQLite", f) for f in measure(environment, module))
    if not (postgres and redis):
        _say("The rest is measured with PostgreSQL and Redis; one does not answer.")
        return
    for module in ("importing", "accepting"):
        with installation(postgres) as environment:
            yield from (("PostgreSQL", f) for f in measure(environment, module))
    for module, latency in (
        ("placing", 0.05),
        ("bulk_placing", 0.2),
        ("link_placing", 0.2),
    ):
        figures = _placing(module, latency, postgres, redis)
        yield from (("PostgreSQL", figure) for figure in figures)


def _placing(module: str, latency: float, postgres: str, redis: str) -> list[Figure]:
    with (
        # Final at once, so that nothing but placing is measured.
        launch(
            latency=latency,
            sent_after=0,
            claimed_by="time",
            claimed_after=0,
            async_threshold=10**6,
        ) as sandbox,
        installation(
            postgres,
            # Its queue is emptied, so it must not be one that somebody uses.
            BROKER_URL=urlsplit(redis)._replace(path="/15").geturl(),
            PROVIDER_BASE_URL=sandbox.base_url,
            RELEASE_HOLD_SECONDS="0",
        ) as environment,
    ):
        return measure(environment, module, str(CONCURRENCY), str(latency))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
