"""People, tenants, environments, roles, API tokens and the audit trail: who may do what, and who did."""
