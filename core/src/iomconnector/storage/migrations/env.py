"""Where Alembic finds the connection and the tables; for the core's revisions and for those of cartridges."""

from alembic import context

from iomconnector.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes.get("version_table", "alembic_version"),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
