"""A signed envelope as another implementation of XML signatures made it, with the certificate of its key."""

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIICrjCCAZagAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPY2Fy
cmllci5leGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowGjEY
MBYGA1UEAwwPY2Fycmllci5leGFtcGxlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEAxZXE28vRz1J6arlLV/PkEmcu0oSvfAFRyUiiNiTtSGRc1yVioHlt
1ZcHMhBoJljBOBaGr2y9TOVyIZtDyjGOVFPN5c27uXJi+AID1z3l+/IFILAj+9Hy
LXwKj5IE1DrNQ1GoCoxhjPLpWwSbIq63t7yFZpIVkyB2pNWesw2ctCkc3sgjKOlZ
ddrchbomS7elDZOQmDhhplkjZ05M/VgQbfpbEtGV83rz3Nu+M4Kh73xHl51sawXY
0f0as0HWxgLY0mj4nUcLOIvwmoNOYtU+aaaZoEIW7Z4nD2A+SF8Lz9cv/6Ho+BH/
ESLKQ+fwU/WFYHTl1twNxvZk0KxbLMyUBQIDAQABMA0GCSqGSIb3DQEBCwUAA4IB
AQBG2f90/eV5F+08rcLeCJvI6f2rn9S9LCBGE3pTPFNv4Nr9jUz3MilfYqWmnD7z
GCLm8rh91pzH/1PyitC5NYhLrp8oDGm8Xjm2AWw7bfEZPPUMB9Ogm4JOz80wzhTF
CagRVfDn6btVg8+VlPPknSdPtL5ifHZiR5ydnHIJVGT4VjMFETn1d3TPDL7vERCY
cqISyHCHMYkYdTfLOlRM8WyhKzjmKn4OuQLNK18FcAiZJ6uG2n4f6mutSqao5T3S
ko+0UYVm+itQpHh8jgW9mWujYaRi8EzzqwrEcZ0IuzzPisQVbzd49m5Ub4H4AZ1y
GALzGEL+douQOmtFbqXglowA
-----END CERTIFICATE-----
"""

MESSAGE = """\
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" xmlns:x="urn:unused"><s:Header><o:Security xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" s:mustUnderstand="1"><u:Timestamp u:Id="_0"><u:Created>2026-03-01T00:00:00.123Z</u:Created><u:Expires>2026-03-01T00:05:00.123Z</u:Expires></u:Timestamp><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_1"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>+WQYab/PrG5N/q58AzGFQoElwMZTVAQzlYGvRHVlIQU=</ds:DigestValue></ds:Reference><ds:Reference URI="#_0"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>TJd6siV3P8StnTz0F1vbu8NZVoMfg9pCinq9xQqhLnc=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>Vs2p/A/ri8H+lSJ9qEldbAylkvTmGfWjgo27l3u0qXJap4+YXcZTZoJclU538eZt9PiEc5qNPJayM21ynIiXS12kphFucxzjpbtTe7nzkxjP4xwd/xsk7LqpZN2Ky1Ze3YMU03R6GrMDKftGpl/CZcAFTLfDeYMPLgh3+q9aIjwam2LtM5AzQQB8leb3tXx3uxU/5KmV3ASEHzAO0FO6vzCTQN9Wm8CwRhCPO6MBoxgwEZUQDY8dWECTYqzvWVlw/8TUW5r2qJgmueGHL8m5NTjbFSwjpkQdM5QZv9oaIfhDv/ihuzddQ/fv+uxT2A4wfUMFvQKi92qLCnuCTa6ZkQ==</ds:SignatureValue></ds:Signature></o:Security></s:Header><s:Body u:Id="_1">
  <IssueResponse xmlns="urn:carrier" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><policyNo>P-1</policyNo><note i:nil="true"/><name>张 &amp; 三</name></IssueResponse>
</s:Body></s:Envelope>"""
