"""Does a test notice it? One small change at a time, in a copy, and the tests that must turn red."""
