"""The example of the README does what the README says."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_prints_what_it_says() -> None:
    text = README.read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", text, re.DOTALL)
    assert example is not None
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", example[1]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stderr == ""
    assert run.stdout == example[2]
