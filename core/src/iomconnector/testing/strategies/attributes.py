"""Custom attributes."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.texts import texts


def attributes(*, bounds: Bounds | None = None) -> SearchStrategy[dict[str, dict[str, str]]]:
    """Custom attributes: group, then name, then value."""
    return part(draw_attributes, bounds=bounds, currency="EUR")


def draw_attributes(d: Drawing) -> dict[str, dict[str, str]]:
    """Draw custom attributes, often none."""
    name = texts(d.bounds.attribute_name)
    value = texts(d.bounds.attribute_value, min_length=0)
    found: dict[str, dict[str, str]] = {}
    for _ in range(d.draw(st.integers(0, d.bounds.attributes))):
        found.setdefault(d.draw(name), {})[d.draw(name)] = d.draw(value)
    return found
