"""What `aios doctor` looks at, and what it can put right."""
