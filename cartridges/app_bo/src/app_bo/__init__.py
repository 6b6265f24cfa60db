"""Back office: managed services, the assembly and its cartridges, accounts."""
