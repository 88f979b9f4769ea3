"""KPI definitions and the compiler that answers questions about them. Knows no screen."""
