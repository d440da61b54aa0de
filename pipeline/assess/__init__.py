"""A period's assessment: which years it covers for whom, with criteria, indicators and improvements."""
