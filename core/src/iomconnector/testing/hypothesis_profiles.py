"""How hard Hypothesis tries: ``dev`` at the desk, ``ci`` for every change, ``nightly`` when there is time.

The pytest plugin loads the profile that the environment variable ``HYPOTHESIS_PROFILE`` names; without it,
``ci`` where ``CI`` is set, otherwise ``dev``.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

NIGHTLY_FACTOR: Final = 20


def load_profile() -> None:
    """Register the profiles and load the one that the environment asks for.

    No profile has a deadline: how long an example takes says more about the machine than about the code. In
    ``ci`` a change is judged by the same examples each time, so that a failure is its own; the new ones are
    looked for in ``nightly``, which prints how to repeat a failure.
    """
    plain = settings.get_profile("default")
    settings.register_profile("dev", plain, deadline=None)
    settings.register_profile(
        "ci",
        plain,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.register_profile(
        "nightly",
        plain,
        deadline=None,
        derandomize=False,
        max_examples=100 * NIGHTLY_FACTOR,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    wanted = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
    if wanted in ("dev", "ci", "nightly"):
        settings.load_profile(wanted)


def examples(count: int, *, steps: int = 50) -> settings:
    """Settings for a test whose examples cost much: so many examples, and twenty times as many at night.

    Arguments:
        count: How many examples.
        steps: How many steps a state machine takes in each.
    """
    at_night = settings.get_current_profile_name() == "nightly"
    return settings(max_examples=count * NIGHTLY_FACTOR if at_night else count, stateful_step_count=steps)
