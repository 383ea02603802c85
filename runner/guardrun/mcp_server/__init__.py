"""guardrun for coding agents: an MCP server over standard input and output, its work done in processes of their own."""
