"""What computes: one folder per step of a datum's way, from export to report."""
