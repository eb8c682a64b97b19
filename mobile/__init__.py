"""Two apps that run the course's network on a phone, and what makes their assets."""
