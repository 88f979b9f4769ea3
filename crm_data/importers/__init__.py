"""Bringing files of another system into the CRM database.

mapping    what the TOML file says, checked against the schema
files      finding and opening CSV and Excel files, whatever their dialect
cells      the text of a cell to a value of a column
stage      rows read and converted, kept on disk until all of them are
prepared   an import that was read and waits to be written
decisions  what a person decided about it meanwhile
writing    added, updated or found unchanged, in one transaction
outcome    counts, notes, and the report of what was rejected
changes    what an import changes, written down while it happens
merging    rows that become part of others
deleting   rows that a full export has no more
undo       taking an import back; `leaving` has the rows that go
sql_source a database instead of files
run        read, load, or both
"""
