"""A plug-in for LocalStack 4.14.0 that replaces its Docker containers and its Java virtual machine by processes of Node.js."""
