"""Skills: instructions that agents share, in versions, with the tools and memories that they need."""
