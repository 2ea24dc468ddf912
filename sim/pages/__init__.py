"""Pages of the documents that are written from declarations and measurements, not by hand."""
