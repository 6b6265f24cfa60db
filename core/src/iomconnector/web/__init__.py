"""The web application and how cartridges mount on it."""
