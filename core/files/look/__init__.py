"""Looking into what was sent. The content decides; names and declared types are hearsay."""
