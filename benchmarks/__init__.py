"""How long this library takes, next to others that give the same documents: ``python -m benchmarks``."""
