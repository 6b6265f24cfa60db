"""What a page says after something was done; the address names it, the text stands here."""

NOTICES = {
    "service-added": "The service configuration is added.",
    "service-changed": "The change is saved. It takes effect within a second, without a restart.",
    "service-unchanged": "Nothing was different, so nothing was changed.",
    "service-activated": "The service is activated.",
    "service-deactivated": "The service is deactivated.",
    "service-deleted": "The service configuration is deleted.",
    "override-removed": "The sharing rule decides again.",
    "type-enabled": "The service type is enabled.",
    "type-disabled": "The service type is disabled.",
    "account-added": "The account is added.",
    "account-changed": "The account is changed.",
    "account-unlocked": "The account is unlocked.",
    "password-set": "The password is set.",
    "signed-out": "You are signed out.",
}
