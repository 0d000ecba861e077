"""Crash tests: real processes killed with SIGKILL in the middle of work; nothing may be lost or made twice."""
