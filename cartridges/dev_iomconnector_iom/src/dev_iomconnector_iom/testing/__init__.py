"""For tests against the stand-in: a plain HTTP caller, ready-made stand-ins, altered documents.

The official documents as referee are in :mod:`dev_iomconnector_iom.testing.official`.
"""

from dev_iomconnector_iom.testing.alteration import GONE, altered
from dev_iomconnector_iom.testing.caller import Answer, Caller, basic, bearer
from dev_iomconnector_iom.testing.standard import CONTROL_TOKEN, manual_stand_in

__all__ = ["CONTROL_TOKEN", "GONE", "Answer", "Caller", "altered", "basic", "bearer", "manual_stand_in"]
