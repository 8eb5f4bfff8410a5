"""Speed, measured: `python -m tests.bench.NAME [--quick] [--json FILE]`; never part of `make test`."""
