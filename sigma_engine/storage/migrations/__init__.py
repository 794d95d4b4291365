"""The schema's history, one file a step in `versions`, run by Alembic when a database is opened.

A change of `models` is a new file there, named as the ones before, with ``down_revision`` set to the newest, and
`HEAD` set to the new one. The tests say whether models and history agree.
"""

HEAD = "0004"
"""The revision this program speaks; known here so that an up-to-date database opens without importing Alembic."""
