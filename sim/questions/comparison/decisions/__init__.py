"""From outcomes to decisions: money by item, the path, who gains and loses, one row per option."""
