"""Kept reports on the screen."""
