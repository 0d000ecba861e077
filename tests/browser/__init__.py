"""End-to-end tests: a real Chromium, the built browser app, the real server with its demo tenant and simulated systems.

Each test is a person with a fresh browser; nothing between the screen and the simulated systems' books is imitated.
"""
