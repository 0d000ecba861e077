"""The Stripe connector: payments, customers, checkout, billing, refunds, disputes and payouts.

Found by the registry through its folder. It imports of the house only the sdk.
"""
