"""Threshold alerts on the screen: the strip on every page, and the parts of the Alerts page."""
