"""What a whole process costs, counted by the operating system when it has ended."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

LOOK_EVERY = 0.005
PROGRAM = str(Path(sys.executable).with_name("outlook-tui"))


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of CPU (user and system), and the most memory (resident, MB)."""

    wall: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        return f"wall {self.wall:7.2f} s   CPU {self.cpu:7.2f} s   memory {self.memory:5.0f} MB"


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end. Raises CalledProcessError when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    memory = 0.0
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        # Asked while it runs: what the system tells at the end counts the memory of the parent's fork too.
        memory = max(memory, most_memory(process.pid))
        time.sleep(LOOK_EVERY)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(wall, used.ru_utime + used.ru_stime, memory)


def most_memory(process: int) -> float:
    """The most memory a running process has had so far (resident, MB); 0 when it has just ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(one.wall for one in costs),
        median(one.cpu for one in costs),
        median(one.memory for one in costs),
    )
