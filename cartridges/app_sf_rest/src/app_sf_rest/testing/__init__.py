"""For the tests of who builds on the storefront REST application."""
