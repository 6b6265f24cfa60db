"""Prepare the database: the schema, then what the cartridges offer, phase by phase and in load order.

Mirrors ICM's DBPrepare: three phases that each go through all cartridges, and a protocol in the database, so
that only new steps run. [KB 2891Y1, 29835N]
"""

from iomconnector.preparation.failures import StepFailedError, StepUnavailableError
from iomconnector.preparation.planning import Plan, PlannedStep
from iomconnector.preparation.run import Preparation, Watcher, plan_preparation, prepare_database
from iomconnector.preparation.steps import CORE, PreparerError, Step

__all__ = [
    "CORE",
    "Plan",
    "PlannedStep",
    "Preparation",
    "PreparerError",
    "Step",
    "StepFailedError",
    "StepUnavailableError",
    "Watcher",
    "plan_preparation",
    "prepare_database",
]
