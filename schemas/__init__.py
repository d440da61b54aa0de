"""What is true: definitions people write, tables the pipeline stores, problems it can find.

Nothing here computes, reads a file or knows about Prefect.
"""
