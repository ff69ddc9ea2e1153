"""The house: settings, addresses, the clock of the night and the services everything runs on."""
