"""What every connector must do, whatever the platform."""
