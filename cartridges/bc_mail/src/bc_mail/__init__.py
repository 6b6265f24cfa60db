"""Mails of the shop by SMTP."""
