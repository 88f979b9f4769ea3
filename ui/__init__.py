"""What a person sees. Shows what `kpis` answers; knows no SQL."""
