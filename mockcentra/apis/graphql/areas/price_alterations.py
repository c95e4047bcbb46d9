"""Price alterations: prices of a pricelist from a day on."""
