"""Which tables are written anew after an erasure."""

from iomconnector.storage.remnants import WITH_PERSONAL_DATA
from iomconnector.storage.tables import metadata

ABOUT_PEOPLE = {"account", "content", "customer", "email"}
OF_OPERATORS = {"sessions"}


def test_every_table_about_customers_is_written_anew() -> None:
    about = {table.name for table in metadata.sorted_tables if ABOUT_PEOPLE & set(table.columns.keys())}
    assert about - OF_OPERATORS <= {table.name for table in WITH_PERSONAL_DATA}
