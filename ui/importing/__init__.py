"""The parts of the Import page: the steps from files to figures that can be proven."""
