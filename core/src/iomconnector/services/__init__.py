"""Managed services.

================  ====================================================================================
``managed``       everything that people and programs do with them: ``Application.services``
``resolution``    which adapter serves a port in a context: ``Application.resolver``
``definition``    what a cartridge offers; ``registry`` holds what all of them offer
``sharing``       the sharing rules; ``status`` builds on them, ``reasons`` says why something is off
``rows``          what lists show
``service_changes``  what changes them; made of ``edits`` on a ``draft``, ``conflicts`` that refuse them,
                  and ``transactions`` that store them
``setting_*``     settings described, checked and told wrong; ``sealed_settings`` are what is stored
``transfer``      export and import; ``transfer_document`` is the file
``connection_test``  the connection test
================  ====================================================================================
"""
