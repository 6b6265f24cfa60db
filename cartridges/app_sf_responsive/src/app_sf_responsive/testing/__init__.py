"""For the tests of this cartridge and of those that join in its pages."""
