"""Pairs the elements of two lists whose order may differ."""

from collections.abc import Callable, Sequence


def best_pairs(ours: int, theirs: int, distance: Callable[[int, int], int]) -> Sequence[int | None]:
    """For each of our elements the index of its counterpart, or none where theirs are too few.

    Elements without any difference are paired first, as many as possible at once; the rest in the order of
    growing difference.

    Arguments:
        ours: How many elements we have.
        theirs: How many they have.
        distance: The number of differences between one of ours and one of theirs.
    """
    if ours == theirs and all(distance(index, index) == 0 for index in range(ours)):
        return range(ours)
    distances = [[distance(mine, other) for other in range(theirs)] for mine in range(ours)]
    pairs = _without_difference(distances, theirs)
    taken = set(pairs)
    rest = sorted(
        (distances[mine][other], mine, other)
        for mine in range(ours)
        if pairs[mine] is None
        for other in range(theirs)
    )
    for _, mine, other in rest:
        if pairs[mine] is None and other not in taken:
            pairs[mine] = other
            taken.add(other)
    return pairs


def _without_difference(distances: Sequence[Sequence[int]], theirs: int) -> list[int | None]:
    """A greatest set of pairs without difference, by augmenting paths."""
    holder: list[int | None] = [None] * theirs

    def place(mine: int, tried: set[int]) -> bool:
        for other, distance in enumerate(distances[mine]):
            if distance or other in tried:
                continue
            tried.add(other)
            present = holder[other]
            if present is None or place(present, tried):
                holder[other] = mine
                return True
        return False

    for mine in range(len(distances)):
        place(mine, set())
    pairs: list[int | None] = [None] * len(distances)
    for other, present in enumerate(holder):
        if present is not None:
            pairs[present] = other
    return pairs
