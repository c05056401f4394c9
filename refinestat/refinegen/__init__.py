"""The core of RefineStat. Layers and contracts: docs/architecture.md."""
