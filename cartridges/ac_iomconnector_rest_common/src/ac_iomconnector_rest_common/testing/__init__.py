"""What cartridges test their REST services with: a misbehaving server, a log in memory, a stopped clock."""
