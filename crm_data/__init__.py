"""The CRM database, what fills it, and its columnar copy. Knows no screen."""
