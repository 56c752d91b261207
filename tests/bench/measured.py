#!/usr/bin/env python3
"""Runs a command and writes its exit code, wall-clock seconds and peak memory in KiB.

    python3 -SI measured.py RESULT COMMAND...

A process begins with the peak memory of whoever started it: this one has little.
"""

import os
import sys
import time

result, *command = sys.argv[1:]
began = time.perf_counter()
pid = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - began
with open(result, "w") as file:
    print(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss, file=file)
