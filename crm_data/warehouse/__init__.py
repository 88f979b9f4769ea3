"""The columnar copy of the CRM database that answers every question."""
