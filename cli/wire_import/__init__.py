"""`insurehub schema import`: a carrier's OpenAPI, XSD or WSDL document as its `wire.schema.yaml`."""
