"""What stands below :class:`~iomconnector.storage.database.Database`: each kind of database, its own way."""
