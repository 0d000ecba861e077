"""Any system that speaks HTTP: requests to one address, webhooks with a shared secret or an HMAC."""
