"""What the contract tests of a carrier have proven, remembered until anything they depend on changes."""
