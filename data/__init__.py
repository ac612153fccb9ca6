"""The demo: a bank's loan applications, made by a seeded script, and two models."""
