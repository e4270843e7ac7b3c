"""Speed and memory against targets: `make bench`. Ratios of one run, not seconds."""
