"""The parts of the Data page: how fresh, how right and how complete the data is."""
