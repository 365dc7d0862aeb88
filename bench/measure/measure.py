"""Runs a command and writes, as JSON into a file, what it took: measure.py <file> <command> [<argument> ...]

The kernel tells a parent the CPU time of its children and of theirs, and the highest resident memory of any of them;
Node has no call for it, Python has.
"""

import json
import resource
import subprocess
import sys
import time

target, command = sys.argv[1], sys.argv[2:]
started = time.monotonic()
code = subprocess.run(command, check=False).returncode
seconds = time.monotonic() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(target, "w", encoding="utf8") as file:
    json.dump({"seconds": seconds, "cpuSeconds": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss / 1024}, file)
sys.exit(code)
