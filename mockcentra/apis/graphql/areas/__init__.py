"""The areas of the schema: each module says what its types are made of and what its mutations do."""
