"""What the browser sees: pages, templates, assets, errors, the outermost layer."""
