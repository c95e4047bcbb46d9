"""What taxes and vouchers come to, and lowest prices."""
