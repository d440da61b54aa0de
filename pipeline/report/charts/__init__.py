"""Charts: one file each, a view in, a figure and its text alternative out."""
