"""A server that answers as AWS does, from a snapshot folder as its database. Nothing here is shared with the C client, and
nothing is botocore's code: what an answer looks like is read from AWS's own service models."""
