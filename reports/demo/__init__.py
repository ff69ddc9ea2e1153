"""The demonstration: made-up people whose answers reproduce the findings that were published for 2019."""
