"""Custom attributes."""

from hypothesis.strategies import SearchStrategy

from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.texts import texts


def attributes(*, bounds: Bounds | None = None) -> SearchStrategy[dict[str, dict[str, str]]]:
    """Custom attributes: group, then name, then value."""
    return part(draw_attributes, bounds=bounds, currency="EUR")


def draw_attributes(d: Drawing) -> dict[str, dict[str, str]]:
    """Draw custom attributes, often none.

    Names come from a fixed pool: a name that means something to a receiver never comes up by chance.
    """
    value = texts(d.bounds.attribute_value, min_length=0)
    most = d.bounds.attribute_name
    found: dict[str, dict[str, str]] = {}
    for _ in range(d.integer(0, d.bounds.attributes)):
        found.setdefault(d.phrase(most), {})[d.phrase(most)] = d.draw(value)
    return found
