"""The engine room: use cases, engine, store and FEEL; no Flask, no HTTP."""
