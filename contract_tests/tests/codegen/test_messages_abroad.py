"""Pieces of messages as insurers abroad exchange them: the bytes worked out by hand, names and values invented."""

import json

import pytest

ANN = {
    "name": "Ann Lee", "gender": "female", "birth_date": "1990-03-07", "email": "ann@x.test",
    "id_docs": [{"type": "passport", "number": "E1234567"}],
}  # fmt: skip
GENDERS = """\
enums:
  title: { of: gender, map: { male: Mr, female: Ms }, read_also: { Mrs: female, Miss: female }, send_other: Mx, read_other: unknown }
  tc: { of: gender, map: { male: "1", female: "2" }, send_other: "0", read_other: unknown }
  tc_text: { of: gender, map: { male: Male, female: Female }, send_other: Unknown, read_other: unknown }
  country: { map: { CN: CHN, GB: GBR }, send_other: error, read_other: error }
  anrede: { of: gender, map: { male: Herr, female: Frau }, send_other: "", read_other: unknown }
"""


def squeezed(text):
    """The lines of an XML message as one."""
    return "".join(line.strip() for line in text.splitlines())


def test_a_property_and_casualty_message_of_acord_links_its_parts_by_id(fragment):
    rows = """\
  send: { "InsuranceSvcRq.RqUID": =request_no(36) }
  fields:
    insureds:
      list: InsuranceSvcRq.PolicyRq.InsuredOrPrincipal
      send: { "@id": ="P" + text(n) }
      fields: { party.name: { to: GeneralPartyInfo.NameInfo.CommlName }, party.birth_date: { to: BirthDt, as: date(iso) } }
    coverages:
      list: InsuranceSvcRq.PolicyRq.Coverage
      send: { "@InsuredRef": '="P" + text(position(req.insureds, item.ref == first(up.insured_refs)))' }
      fields: { code: { to: CoverageCd }, sum_insured: { to: Limit.Amt, as: money(major;1+), currency: Limit.Amt@CurCd } }
"""
    piece = fragment(
        rows,
        """\
  send: { "InsuranceSvcRs.RqUID": }
  fields:
    numbers(kind=policy).no: { to: InsuranceSvcRs.PolicyNumber }
    premium.gross: { to: InsuranceSvcRs.Amt, as: money(major), currency: InsuranceSvcRs.Amt@CurCd }
""",
        wire='wire: [xml: { root: ACORD, ns: { "": "urn:acord" } }, charset: UTF-8]\n',
    )
    body = squeezed("""\
        <ACORD xmlns="urn:acord"><InsuranceSvcRq><RqUID>RRRRRRRRRRRRRRRRRRRRRRRRRR</RqUID><PolicyRq>
        <InsuredOrPrincipal id="P1"><GeneralPartyInfo><NameInfo><CommlName>Ann Lee</CommlName></NameInfo></GeneralPartyInfo>
        <BirthDt>1990-03-07</BirthDt></InsuredOrPrincipal>
        <InsuredOrPrincipal id="P2"><GeneralPartyInfo><NameInfo><CommlName>Bo Ray</CommlName></NameInfo></GeneralPartyInfo>
        </InsuredOrPrincipal>
        <Coverage InsuredRef="P2"><CoverageCd>MED</CoverageCd><Limit><Amt CurCd="GBP">5000.0</Amt></Limit></Coverage>
        </PolicyRq></InsuranceSvcRq></ACORD>""")
    people = [
        {"ref": "a", "party": {"name": "Ann Lee", "birth_date": "1990-03-07"}},
        {"ref": "b", "party": {"name": "Bo Ray"}},
    ]
    covers = [{"code": "MED", "insured_refs": ["b"], "sum_insured": {"amount": 500000, "currency": "GBP"}}]
    assert piece.sent(insureds=people, coverages=covers) == body
    came = (
        '<ACORD xmlns="urn:acord"><InsuranceSvcRs><RqUID>x</RqUID><PolicyNumber>PN-1</PolicyNumber>'
        '<Amt CurCd="EUR">12.50</Amt></InsuranceSvcRs></ACORD>'
    )
    assert piece.result(came) == {
        "numbers": [{"kind": "policy", "no": "PN-1"}], "premium": {"gross": {"amount": 1250, "currency": "EUR"}},
    }  # fmt: skip


def test_a_life_message_of_acord_is_a_graph_of_parties_and_relations_with_codes_beside_their_words(fragment):
    rows = """\
  fields:
    policyholder:
      to: "OLifE.Party(@id=OWNER)"
      fields:
        name: { to: [Person.LastName, Person.FirstName], as: name(family|given) }
        gender: [{ to: Person.Gender@tc, as: enum(tc) }, { to: Person.Gender, as: enum(tc_text) }]
    beneficiaries:
      list: "OLifE.Relation(@code=34)"
      send: { "@from": POLICY, "@to": ="BENE" + text(n) }
      fields:
        share: { to: InterestPercent, as: percent(2) }
        party: { to: "^Party(@id=^@to)", fields: { name: { to: [Person.LastName, Person.FirstName], as: name(family|given) } } }
"""
    piece = fragment(rows, rows, wire="wire: [xml: { root: TXLife }, charset: UTF-8]\n", codes=GENDERS)
    body = squeezed("""\
        <TXLife><OLifE><Party id="OWNER"><Person><LastName>Lee</LastName><FirstName>Ann</FirstName>
        <Gender tc="2">Female</Gender></Person></Party>
        <Party id="BENE1"><Person><LastName>Ray</LastName><FirstName>Bo</FirstName></Person></Party>
        <Party id="BENE2"><Person><LastName>May</LastName><FirstName>Cy</FirstName></Person></Party>
        <Relation code="34" from="POLICY" to="BENE1"><InterestPercent>33.33</InterestPercent></Relation>
        <Relation code="34" from="POLICY" to="BENE2"><InterestPercent>66.67</InterestPercent></Relation></OLifE></TXLife>""")
    heirs = [
        {"share": "3333/10000", "party": {"name": "Bo Ray"}}, {"share": "6667/10000", "party": {"name": "Cy May"}},
    ]  # fmt: skip
    named = [{"kind": "named", **heir} for heir in heirs]
    assert piece.sent(policyholder={"name": "Ann Lee", "gender": "female"}, beneficiaries=named) == body
    assert piece.result(body) == {"policyholder": {"name": "Ann Lee", "gender": "female"}, "beneficiaries": heirs}


def test_amounts_with_their_unit_and_instants_in_utc_as_open_insurance_writes_them(fragment):
    rows = """\
  fields:
    period.start: { to: data.termStartDate, as: "datetime(yyyy-MM-dd'T'HH:mm:ss'Z';Z)" }
    period.end: { to: data.termEndDate, as: "until(yyyy-MM-dd;1d)" }
    %s: { to: data.premium.amount, as: text(money(major)), currency: data.premium.unit.description }
    coverages:
      list: data.coverages
      missing: empty
      fields: { code: { to: branch }, sum_insured: { to: LMI.amount, as: text(money(major)), currency: LMI.unit.description } }
      send: { LMI.unitType: MONETARIO, LMI.unit.code: R$ }
"""
    piece = fragment(rows % "expected_premium", rows % "premium.gross")
    body = (
        '{"data":{"termStartDate":"2027-01-09T16:00:00Z","termEndDate":"2027-01-12","premium":{"amount":"123.45","unit":{"description":"BRL"}},'
        '"coverages":[{"LMI":{"unitType":"MONETARIO","unit":{"code":"R$","description":"BRL"},"amount":"2000.00"},"branch":"0111"}]}}'
    )
    covers = [{"code": "0111", "sum_insured": {"amount": 200000, "currency": "BRL"}}]
    period = {"start": "2027-01-10T00:00:00+08:00", "end": "2027-01-13T00:00:00+08:00"}
    sent = piece.sent(period=period, coverages=covers, expected_premium={"amount": 12345, "currency": "BRL"})
    assert json.loads(sent) == json.loads(body)
    assert piece.result(body) == {
        "period": {**period, "start": "2027-01-09T16:00:00Z"}, "coverages": covers,
        "premium": {"gross": {"amount": 12345, "currency": "BRL"}},
    }  # fmt: skip
    assert piece.sent(period=period, expected_premium={"amount": 1, "currency": "BRL"}).endswith('"coverages":[]}}')


def test_a_json_api_with_attributes_lower_case_currency_and_odd_names(fragment):
    rows = """\
  send: { data.type: policies, 'data.attributes.\\@odata\\.type': '#Policy' }
  fields:
    %s: { to: data.attributes.totalPremium.amount, as: text(money(major)), currency: data.attributes.totalPremium.currency as lower }
    policyholder.nationality: { to: data.attributes.country, as: enum(country) }
    policyholder.name: { to: data.attributes.primaryNamedInsured.displayName }
"""
    piece = fragment(rows % "expected_premium", rows % "premium.gross", codes=GENDERS)
    body = (
        '{"data":{"type":"policies","attributes":{"@odata.type":"#Policy","totalPremium":{"amount":"500.00","currency":"usd"},'
        '"country":"GBR","primaryNamedInsured":{"displayName":"Ann Lee"}}}}'
    )
    holder = {"name": "Ann Lee", "nationality": "GB"}
    assert piece.sent(policyholder=holder, expected_premium={"amount": 50000, "currency": "USD"}) == body
    assert piece.result(body) == {
        "policyholder": holder, "premium": {"gross": {"amount": 50000, "currency": "USD"}},
    }  # fmt: skip


def test_one_list_of_entities_by_type_holds_policyholder_insureds_and_covers(fragment):
    rows = """\
  fields:
    policyholder: { to: "entities(entityType=PP)(role=VN)", fields: { name: { to: ACHTERN }, birth_date: { to: GEBDAT, as: date(yyyyMMdd) } } }
    insureds: { list: "entities(entityType=PP)(role=VP)", fields: { party: { to: ., fields: { name: { to: ACHTERN } } } } }
    coverages: { list: "entities(entityType=DA)", fields: { code: { to: CODE }, premium.gross: { to: BTP, as: "text(grouped(;,;money(major)))", currency: EUR } } }
"""
    piece = fragment(rows, rows)
    body = (
        '{"entities":[{"entityType":"PP","role":"VN","ACHTERN":"Jansen","GEBDAT":"19900307"},'
        '{"entityType":"PP","role":"VP","ACHTERN":"Bakker"},{"entityType":"DA","CODE":"D1","BTP":"1234,50"}]}'
    )
    covers = [{"code": "D1", "premium": {"gross": {"amount": 123450, "currency": "EUR"}}}]
    people, holder = [{"party": {"name": "Bakker"}}], {"name": "Jansen", "birth_date": "1990-03-07"}
    assert piece.sent(policyholder=holder, insureds=people, coverages=covers) == body
    assert piece.result(body) == {"policyholder": holder, "insureds": people, "coverages": covers}


def test_prefixed_xml_with_a_salutation_german_numbers_and_a_date_with_its_offset(fragment):
    rows = """\
  fields:
    policyholder: { to: "p:Partner", fields: { gender: { to: "p:Anrede", as: enum(anrede) }, name: { to: "p:Name" } } }
    %s: { to: "t:Beitrag", as: "grouped(.;,;money(major))", currency: EUR }
    period.start: { to: "t:Beginn", as: datetime(yyyy-MM-ddXXX) }
    period.end: { to: "t:Ablauf", as: "datetime(dd.MM.yyyy, HH:mm)" }
"""
    piece = fragment(
        rows % "expected_premium",
        rows % "premium.gross",
        wire='wire: [xml: { root: "t:Vertrag", ns: { t: "urn:t", p: "urn:p" } }, charset: UTF-8]\n',
        codes=GENDERS,
        defaults="timezone: Europe/Berlin",
    )
    body = squeezed("""\
        <t:Vertrag xmlns:t="urn:t" xmlns:p="urn:p"><p:Partner><p:Anrede>Frau</p:Anrede><p:Name>Ann Lee</p:Name></p:Partner>
        <t:Beitrag>1.234,50</t:Beitrag><t:Beginn>2027-01-10+01:00</t:Beginn><t:Ablauf>10.01.2028, 00:00</t:Ablauf></t:Vertrag>""")
    holder, start = {"gender": "female", "name": "Ann Lee"}, "2027-01-10T00:00:00+01:00"
    period = {"start": start, "end": "2028-01-10T00:00:00+01:00"}
    sent = piece.sent(policyholder=holder, period=period, expected_premium={"amount": 123450, "currency": "EUR"})
    assert sent == body
    assert piece.result(body) == {
        "policyholder": holder, "premium": {"gross": {"amount": 123450, "currency": "EUR"}}, "period": period,
    }  # fmt: skip


def test_a_travel_insurers_flat_json_with_title_parts_of_a_name_and_days_in_place_of_an_end(fragment):
    piece = fragment(
        """\
  send: { days: '=days(req.period.start, req.period.end)', adults: '=count(req.insureds, age(item.party.birth_date, req.period.start) >= 18)', lead: '=join(req.insureds, upper(item.party.name), " / ")' }
  fields:
    period.start: { to: startDate, as: upper(date_of_start) }
""".replace("upper(date_of_start)", "upper(datetime(dd-MMM-yyyy))"),
        """\
  fields:
    policyholder: { to: ., fields: { gender: { to: title, as: enum(title) } }, read: { name: =here.firstName + " " + here.lastName } }
    premium.gross: { to: price, as: money(major), currency: cur }
  send: { priceFormatted: , firstName: , lastName: , startDate: , days: }
  read: { period.start: '=datetime(wire.startDate, "dd-MMM-yyyy")', period.end: '=add_days(datetime(wire.startDate, "dd-MMM-yyyy"), decode(wire.days, "int"))' }
""",
        codes=GENDERS,
    )
    people = [
        {"party": {"name": "Ann Lee", "birth_date": "1990-03-07"}},
        {"party": {"name": "Bo Lee", "birth_date": "2015-01-01"}},
    ]
    period = {"start": "2027-01-10T00:00:00+08:00", "end": "2027-01-13T00:00:00+08:00"}
    assert piece.sent(period=period, insureds=people) == (
        '{"days":3,"adults":1,"lead":"ANN LEE / BO LEE","startDate":"10-JAN-2027"}'
    )
    came = (
        '{"title":"Mrs","firstName":"Ann","lastName":"Lee","price":45.5,"priceFormatted":"£45.50","cur":"GBP",'
        '"startDate":"10-JAN-2027","days":3}'
    )
    assert piece.result(came) == {
        "policyholder": {"gender": "female", "name": "Ann Lee"}, "period": period,
        "premium": {"gross": {"amount": 4550, "currency": "GBP"}},
    }  # fmt: skip


@pytest.mark.parametrize("arrays", ["leaves", "all"])
def test_acord_as_json_with_every_leaf_in_an_array_of_one(fragment, arrays):
    rows = """\
  fields:
    policyholder: { to: InsuredOrPrincipal, fields: { name: { to: Surname }, phones: { list: Phone, fields: { number: { to: PhoneNumber } } } } }
    %s: { to: CurrentTermAmt.Amt, as: text(money(major)), currency: CurrentTermAmt.CurCd }
"""
    piece = fragment(
        rows % "expected_premium",
        rows % "premium.gross",
        wire=f"wire: [json: {{ leaf: value, arrays: {arrays} }}]\n",
    )
    holder = {"name": "Lee", "phones": [{"number": "1"}, {"number": "2"}]}
    whole = {
        "InsuredOrPrincipal": {
            "Surname": [{"value": "Lee"}],
            "Phone": [{"PhoneNumber": [{"value": "1"}]}, {"PhoneNumber": [{"value": "2"}]}],
        },
        "CurrentTermAmt": {"Amt": [{"value": "500.00"}], "CurCd": [{"value": "USD"}]},
    }
    if arrays == "all":
        whole = {name: [inner] for name, inner in whole.items()}
    sent = piece.sent(policyholder=holder, expected_premium={"amount": 50000, "currency": "USD"})
    assert json.loads(sent) == whole
    assert piece.result(json.dumps(whole)) == {
        "policyholder": holder, "premium": {"gross": {"amount": 50000, "currency": "USD"}},
    }  # fmt: skip


def test_a_bike_insurers_slots_of_name_and_value_and_positions_of_a_list(fragment):
    rows = """\
  fields:
    objects.0.device: { to: ., fields: { brand: { to: "risk(name=brand).value" }, serial: { to: "risk(name=frameNumber).value" }, purchase_price: { to: "risk(name=price).value", as: text(money(major;min)), currency: EUR } } }
    policyholder.phones.0.number: { to: contacts.0.value }
    policyholder.email: { to: contacts.1.value }
  send: { contacts.0.type: phone, contacts.1.type: mail }
"""
    piece = fragment(rows, rows)
    body = (
        '{"contacts":[{"type":"phone","value":"+49301234567"},{"type":"mail","value":"a@x.test"}],'
        '"risk":[{"name":"brand","value":"Rad"},{"name":"frameNumber","value":"F1"},{"name":"price","value":"1499.5"}]}'
    )
    bike = {"brand": "Rad", "serial": "F1", "purchase_price": {"amount": 149950, "currency": "EUR"}}
    holder = {"name": "A", "phones": [{"number": "+49301234567"}], "email": "a@x.test"}
    assert piece.sent(policyholder=holder, objects=[{"type": "device", "device": bike}]) == body
