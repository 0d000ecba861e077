"""The ways in: webhooks, schedules, manual starts. Each turns an arrival into one call of intake."""
