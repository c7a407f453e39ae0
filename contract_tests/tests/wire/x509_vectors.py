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

SIGNER = """\
-----BEGIN CERTIFICATE-----
MIICrjCCAZagAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPY2Fy
cmllci5leGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowGjEY
MBYGA1UEAwwPY2Fycmllci5leGFtcGxlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEAoNT9DmbhU2YufiU9Epis6L5s1BjcyaKIk550T6e8L2pzdJ3taeY2
7UFq4sV/vdl0Jt3QuKGQSS0Vwk4WbbMBKwaq5oqzBkQyQXv8K8ADrjNFdnFY0FG8
b9i+NH1XqYPzsl22+i+49W5qXTOXKAsmHdcwiYZS+2WrmbCFtJkfQU/8ZcWTREis
JH3CK+YS6xQmOPP0uFhnfwP6N1xpzvbjGsdo8yfnuWb18gdn3ybssVN451zCMBze
9KTUvsOEfVzABLamY1RIS60+GeDRAiAKbjb0ZhTUj6vdv3IVPRyrkwydwjCr9JY4
4IfzOigkdDfjrjReFz91sFOVeCIdTHhX6QIDAQABMA0GCSqGSIb3DQEBCwUAA4IB
AQCK7fvBXPetEL5d2xFBYnw1J37Sbj125fGN6LqBuK5l8KYOk4FMmPEdya/6g2lV
3JVHcP4n1H8gVgQb6tol28UyCEQo65p2BPLBW+V7c3Mmx3DC9tGXbE/6bkvUy6wb
w0kbyKdIrwhOzt+uiTq6nTHtCnKbRvmO3A7/yQML2AkQLb+N/HnIXp75Fh+aAhLh
jqMe3wpkPbw/k2KMPjVFHj+hLi2lvI5oNY2JvNWULAEppe1oULubsNoY/cTy9mpF
VjUrSoqEauJc7v9r2QGDR+5iyMmI7rAD62Uxj40rrdPV29mNRle+8q6sWYgoVpfM
mg/DpeEzUIQ2gTFFqSIz+0Hs
-----END CERTIFICATE-----
"""

DOCUMENTS = {
    "signxml, whole inclusive": """<Policy xmlns="urn:carrier" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
 <body Id="b1" i:nil="false"><policyNo>P-1</policyNo><name>张 &amp; 三
</name></body>
 <tail/>
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>knoJyHUROR/SF1He8pYlUPcb1LYUXhlbymV4L/MRwqI=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>fI4BqYspDVT4bKS2cO5cIOUk7zvZ3Xgvx/ETRyd24K9s33iBnIgsS4ib/bP82qdWWDrdW1mygCmX7ZRWGU9S/YPIfBVwvCotALslA7AddrmReeqhbKmx2QpkQrTUk8TGdHJQEOPVqm3evGxER0NCggfRm7RSc/EhmEv8xiyzC5zrjJsCWmyLIXQeU29PdG5BgdIit9Bd0edPI4tostWC4CvxwO0SE57Gbj4Wxn+ndaa57UaOAh64IIvEX/isVKSNnuOBjmz+Gyz18wpAwfmS7Jh4tZexd5fISTSsjAUmCGAJ4LQAeN2xS1qckvLwBh8DTqCdC2jTF5xLGqcX6nIF5w==</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>MIICrjCCAZagAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPY2Fy
cmllci5leGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowGjEY
MBYGA1UEAwwPY2Fycmllci5leGFtcGxlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEAoNT9DmbhU2YufiU9Epis6L5s1BjcyaKIk550T6e8L2pzdJ3taeY2
7UFq4sV/vdl0Jt3QuKGQSS0Vwk4WbbMBKwaq5oqzBkQyQXv8K8ADrjNFdnFY0FG8
b9i+NH1XqYPzsl22+i+49W5qXTOXKAsmHdcwiYZS+2WrmbCFtJkfQU/8ZcWTREis
JH3CK+YS6xQmOPP0uFhnfwP6N1xpzvbjGsdo8yfnuWb18gdn3ybssVN451zCMBze
9KTUvsOEfVzABLamY1RIS60+GeDRAiAKbjb0ZhTUj6vdv3IVPRyrkwydwjCr9JY4
4IfzOigkdDfjrjReFz91sFOVeCIdTHhX6QIDAQABMA0GCSqGSIb3DQEBCwUAA4IB
AQCK7fvBXPetEL5d2xFBYnw1J37Sbj125fGN6LqBuK5l8KYOk4FMmPEdya/6g2lV
3JVHcP4n1H8gVgQb6tol28UyCEQo65p2BPLBW+V7c3Mmx3DC9tGXbE/6bkvUy6wb
w0kbyKdIrwhOzt+uiTq6nTHtCnKbRvmO3A7/yQML2AkQLb+N/HnIXp75Fh+aAhLh
jqMe3wpkPbw/k2KMPjVFHj+hLi2lvI5oNY2JvNWULAEppe1oULubsNoY/cTy9mpF
VjUrSoqEauJc7v9r2QGDR+5iyMmI7rAD62Uxj40rrdPV29mNRle+8q6sWYgoVpfM
mg/DpeEzUIQ2gTFFqSIz+0Hs
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></Policy>""",
    "signxml, part exclusive": """<Policy xmlns="urn:carrier" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
 <body Id="b1" i:nil="false"><policyNo>P-1</policyNo><name>张 &amp; 三
</name></body>
 <tail/>
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#b1"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>gyIHcJ/RWzvukhFugSQhc00IpWpc7mBgnohwrYrqCdM=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue>VH3jMuuZvqyoN99FKc+gDBSQ+v7mposlQYANhlXn/NEGl/VbSxagKyP8Mu8g99jAn+FkWi3p52+Jk1OAz2KsMcUSGRarfb6B+JTrUIP2wvYh6a0R1axhQEpVeVhZU/yvE8y8a6PTmGog/HYZ7IORAAIcXryeGJlYQeC5k02aBGubTBBu8aD7xfmi/mpqWYJVaWLZFUh8dn25MvfJ+3gArNSHSUGU4yqbiWB62/GgH2mBFfS5Wn8DDRDoktu9YVdsguwYu7WyPZN7Xp84AT4Sc00s9XKa4bOdEqt/8Q58v/cQEhusbEAWPvRFe85oBRl9w5DaM3P90AQVuxV7L2kmQQ==</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>MIICrjCCAZagAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPY2Fy
cmllci5leGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoXDTQ5MDEwMTAwMDAwMFowGjEY
MBYGA1UEAwwPY2Fycmllci5leGFtcGxlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEAoNT9DmbhU2YufiU9Epis6L5s1BjcyaKIk550T6e8L2pzdJ3taeY2
7UFq4sV/vdl0Jt3QuKGQSS0Vwk4WbbMBKwaq5oqzBkQyQXv8K8ADrjNFdnFY0FG8
b9i+NH1XqYPzsl22+i+49W5qXTOXKAsmHdcwiYZS+2WrmbCFtJkfQU/8ZcWTREis
JH3CK+YS6xQmOPP0uFhnfwP6N1xpzvbjGsdo8yfnuWb18gdn3ybssVN451zCMBze
9KTUvsOEfVzABLamY1RIS60+GeDRAiAKbjb0ZhTUj6vdv3IVPRyrkwydwjCr9JY4
4IfzOigkdDfjrjReFz91sFOVeCIdTHhX6QIDAQABMA0GCSqGSIb3DQEBCwUAA4IB
AQCK7fvBXPetEL5d2xFBYnw1J37Sbj125fGN6LqBuK5l8KYOk4FMmPEdya/6g2lV
3JVHcP4n1H8gVgQb6tol28UyCEQo65p2BPLBW+V7c3Mmx3DC9tGXbE/6bkvUy6wb
w0kbyKdIrwhOzt+uiTq6nTHtCnKbRvmO3A7/yQML2AkQLb+N/HnIXp75Fh+aAhLh
jqMe3wpkPbw/k2KMPjVFHj+hLi2lvI5oNY2JvNWULAEppe1oULubsNoY/cTy9mpF
VjUrSoqEauJc7v9r2QGDR+5iyMmI7rAD62Uxj40rrdPV29mNRle+8q6sWYgoVpfM
mg/DpeEzUIQ2gTFFqSIz+0Hs
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></Policy>""",
    "Java, whole inclusive": """<Policy xmlns="urn:carrier" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
 <body Id="b1" i:nil="false"><policyNo>P-1</policyNo><name>张 &amp; 三
</name></body>
 <tail/>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>knoJyHUROR/SF1He8pYlUPcb1LYUXhlbymV4L/MRwqI=</DigestValue></Reference></SignedInfo><SignatureValue>Cleu86b8HqhGZMnBVAGgWv4b8RDF+CnTVy6EYhKfeuWPaSdkwPrm/XSE2SQE051bptAHBuygrMJ7&#13;
cP48hWk7lFxIo8ZP/siwcNxbavSjJvm2K0kCabup4/mS9TW4DPe5jY2szCiidJ0oB8njUVFmwQDj&#13;
t5b3llDYqFgQ02Kv/9DSidFQ92iDtXShgEAREdSu3KrZlL0NoR4UqKHQjT9GOpYN36Tv/YEPfdSj&#13;
xR0iMEjbFR6Z2eKFHgUg3ew4TP+XjBLc03eAET9PwkoUPuqKw640Z1cygrugzumxW2lgTuEny0gb&#13;
0sMGqwvstLmdD4toY7g18jBXSF1oisdixZXPKQ==</SignatureValue></Signature></Policy>""",
    "Java, part inclusive": """<Policy xmlns="urn:carrier" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
 <body Id="b1" i:nil="false"><policyNo>P-1</policyNo><name>张 &amp; 三
</name></body>
 <tail/>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI="#b1"><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>gyIHcJ/RWzvukhFugSQhc00IpWpc7mBgnohwrYrqCdM=</DigestValue></Reference></SignedInfo><SignatureValue>PGsTBeS1RsNqipOT6+0Yl2+nquaQKQ+RWaUitFCPKzJs7AlqlLvtdANY9BYYTTVYiWwA7tyjfq40&#13;
f/p0GsyE2jz6RCW2GMtqQJUXymp9lOITrFpkYp6WmBV8wHeP0CiBtfowZhjahcDqbMRYXQFYkAzC&#13;
p2AMjoSjRLjyXH4rxOhiwCF/kc8Unz7rwGhk9a94pDad/gB+WOfbrsB+TkT3yjkzqrFcvGZummVW&#13;
M0vDrsLt7zk4lpTQ4a2LRx5+skxQWg790xGnHyZp8lVt1sqGLFU3pLWfhSNL3nqlGBAruB/vWI7o&#13;
G6bxUI9zq825lu7qlvyB7xtUX97I2Wp6C9DLRw==</SignatureValue></Signature></Policy>""",
}
"""Documents that bear their signature, by who signed them: signxml 5.2, and the `javax.xml.crypto` of OpenJDK."""
