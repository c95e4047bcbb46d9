"""Payment terms, shipping terms and sales representatives."""
