"""A demo CRM: three years of a firm that sells subscriptions, hardware and services to other firms."""
