"""The rules of Centra: prices, tax, stock, selections, orders, vouchers, customers. Knows no API and no SQL."""
