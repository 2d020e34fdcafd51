"""The screen: reads the store, asks the engine, and can do nothing else."""
