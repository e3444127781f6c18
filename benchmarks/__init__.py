"""What AIOS is measured against, and how: see README.md beside this file."""
