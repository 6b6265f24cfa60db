"""What an operator does about a parked order, by the code of its reason."""

CORRECT = (
    "Correct the order with `iomconnector order correct NUMBER`, or mend the cause and `order retry NUMBER`."
)
RETRY = "Mend the cause, then `iomconnector order retry NUMBER`; it asks the receiver before it sends."

_ADVICE = {
    "export.conflict": (
        "Decide which of the two orders is right. The shop's order needs another number, or "
        "`iomconnector order give-up NUMBER --reason ...` where the receiver's is the right one."
    ),
    "export.conflict.superseded": (
        "Have the version from before the correction cancelled in the order management system, then "
        "`iomconnector order retry NUMBER`; or `order give-up NUMBER --reason ...` where that one may stay."
    ),
    "export.not_approved": (
        "It came here without its approvals. `iomconnector order show NUMBER` tells which are missing; "
        "place the order anew where it is wanted."
    ),
    "export.erased": (
        "Its personal data are gone, so it cannot be sent: `iomconnector order give-up NUMBER --reason ...`."
    ),
    "export.attempts_exhausted": RETRY,
    "export.abandoned": (
        "Every process that worked on it was lost. Read their logs before `iomconnector order retry NUMBER`."
    ),
    "storage.order.unreadable": (
        "Restore it or run the version that placed it, then `iomconnector order retry NUMBER`; or replace it "
        "with `order correct NUMBER --document FILE`."
    ),
    "export.order.not_exportable": CORRECT,
}


def advice_for(code: str | None) -> str:
    """What an operator can do about an order that is parked for this reason.

    Arguments:
        code: The code of the reason: one of the shop's own, or whatever the receiver calls it.
    """
    return _ADVICE.get(code or "", CORRECT)
