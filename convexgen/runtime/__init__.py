"""The program as it runs: imported, looked at, executed. Never reads source text; that is `analysis`."""
