"""HTTP of accounts, and the base that every other API view of the product stands on."""
