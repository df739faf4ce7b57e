"""Rules for cron."""
