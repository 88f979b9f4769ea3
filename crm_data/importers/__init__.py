"""Bringing files of another system into the CRM database.

mapping   what the TOML file says, checked against the schema
files     finding and opening CSV and Excel files, whatever their dialect
cells     the text of a cell to a value of a column
stage     rows read and converted, kept on disk until all of them are
write     added, updated or found unchanged, in one transaction
outcome   counts, notes, and the report of what was rejected
run       all of it, in order
"""
