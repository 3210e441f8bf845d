"""A process of Node.js that exchanges lines of JSON over its standard input and output."""

import json
import os
import subprocess
from pathlib import Path


def start_node(script: str, **options) -> subprocess.Popen:
    """Starts a script of this package. SIFTSTEP_NODE names the program (default: node)."""
    return subprocess.Popen(
        [os.environ.get("SIFTSTEP_NODE", "node"), str(Path(__file__).with_name(script))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def send(process: subprocess.Popen, message) -> None:
    """Raises BrokenPipeError if the process has ended."""
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def receive(process: subprocess.Popen):
    """The next message, or None if the process has ended."""
    line = process.stdout.readline()
    return None if line == "" else json.loads(line)
