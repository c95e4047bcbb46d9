"""The fixed secrets and logins of the emulated APIs (seed.md 14); they protect nothing."""

CHECKOUT_SECRET = "mock-checkout-secret"
SHOP_SECRET = "mock-shop-secret"
ORDER_SECRET = "mock-order-secret"
SUBSCRIPTION_SECRET = "mock-subscription-secret"
SOAP_USERNAME = "mock-soap"
SOAP_PASSWORD = "mock-soap-password"

# The shared secret and the notification key of the External Payment plugin (payments.md B3).
EXTERNAL_PAYMENT_SECRET = "mock-external-payment-secret"
EXTERNAL_PAYMENT_KEY = "mock-external-payment-key"
ADYEN_NOTIFICATION_KEY = "mock-adyen-notification-key"
