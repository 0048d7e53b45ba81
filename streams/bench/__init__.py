"""`huiyu bench`: speed, latency, recovery, disk and memory, measured in one run on a stack of its own."""
