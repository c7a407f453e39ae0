"""青竹人寿（虚构） 3.1 all operations.

Generated from mappings/carriers/bamboo/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: 420dc2ae21f1087315ab76972ee5802281c1b482655186c8af108f24d618652c

from adapters.bamboo.codes import (
    CLAIM_DOCUMENT_OUT,
    ID_TYPE_IN,
    ID_TYPE_OUT,
    MEMBER_IN,
    RISK_IN,
    RISK_OUT,
    SEX_IN,
    SEX_OUT,
    VEHICLE_OUT,
    WORK_IN,
    WORK_OUT,
)
from gateway.model import (
    Address,
    Beneficiary,
    BeneficiaryClass,
    Coverage,
    Document,
    IdDocument,
    IdType,
    Insured,
    MemberOutcome,
    MemberResult,
    Occupation,
    Party,
    PersonTravel,
    Phone,
    PolicyIssueRequest,
    QuoteCreateRequest,
    Relationship,
)
from gateway.wire import (
    CannotSend,
    Carrier,
    Context,
    ErrorTable,
    Forged,
    Outcome,
    OutcomeKind,
    Timeout,
    Wire,
    WireReply,
    WireRequest,
    XmlForm,
    any_given,
    charset_in,
    charset_out,
    code_in,
    fit,
    form_out,
    headers_of,
    hex_lower,
    iso_day_in,
    iso_day_out,
    lower_out,
    md5,
    message_in,
    need,
    no_case,
    nth_out,
    over,
    put,
    require,
    same_signature,
    secret,
    share_percent_codec,
    text_given,
    text_of,
    text_required,
    upper_in,
    upper_out,
    value_in,
    with_former_keys,
    xml_declaration,
    xml_in,
    xml_out,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/bamboo/carrier.yaml"
SHARE_PERCENT_0 = share_percent_codec(0, None, False)
XML = XmlForm(root="Request", declaration=xml_declaration("GBK"))  # L10


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=GBK"  # L21
    message = xml_out(wire, XML)  # L10
    body = charset_out(message, "GBK")  # L11
    signature = hex_lower(md5(over("GBK", secret(ctx, "sign_key"), body)))  # L12
    wrapper: Wire = {}  # L13
    put(wrapper, ctx.config.get("channel_code"), "channel")  # L13
    put(wrapper, charset_in(body, "GBK"), "xml")  # L13
    put(wrapper, signature, "sign")  # L13
    body = form_out(wrapper, "GBK")  # L13
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded_once(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    headers = headers_of(reply)
    if not same_signature(
        hex_lower(md5(over("GBK", secret(ctx, "sign_key"), reply.body))), headers.get("x-sign")
    ):  # L16
        raise Forged("the signature of the reply is not the carrier's")  # L16
    content = charset_in(reply.body, "GBK")  # L17
    tree = xml_in(content, "Response")  # L18
    return message_in(tree)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes, by the keys of now or by those before where some are being changed."""
    return with_former_keys(decoded_once, reply, ctx)


def claim_document_out(item: Document) -> Wire:
    """Document as the carrier's `claim_document`."""
    out: Wire = {}
    out["DocType"] = CLAIM_DOCUMENT_OUT[item.kind]  # L139
    out["DocName"] = fit(need(item.name, "name"), 60, "GBK")  # L140
    out["Sha256"] = lower_out(need(item.sha256, "sha256"))  # L141
    out["DocUrl"] = fit(need(item.url, "url"), 200, "GBK")  # L142
    return out


def policyholder_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `policyholder` as Party."""
    id_doc_type: IdType = code_in(
        ID_TYPE_IN, require(value_in(w.get("IDType")), "IDType"), raw, at, "id_docs.0.type"
    )  # L31
    id_doc_number: str = upper_in(require(value_in(w.get("IDNo")), "IDNo"))  # L32
    phone_number: str = text_required(w.get("Mobile"), "Mobile")  # L47
    address_line: str | None = text_given(w.get("Address"))  # L40
    occupation_code: str | None = WORK_IN[v] if (v := value_in(w.get("WorkCode"))) is not None else None  # L43
    return Party(
        name=text_required(w.get("Name"), "Name"),  # L30
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number),),  # L31
        gender=code_in(SEX_IN, require(value_in(w.get("Sex")), "Sex"), raw, at, "gender"),  # L33
        birth_date=iso_day_in(require(value_in(w.get("Birthday")), "Birthday")),  # L34
        phones=(Phone(number=phone_number),),  # L47
        email=text_given(w.get("Email")),  # L39
        address=Address(line=address_line) if address_line is not None else None,  # L40
        occupation=Occupation(code=occupation_code) if occupation_code is not None else None,  # L43
    )


def person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `person` as Party."""
    id_doc_type: IdType = code_in(
        ID_TYPE_IN, require(value_in(w.get("IDType")), "IDType"), raw, at, "id_docs.0.type"
    )  # L31
    id_doc_number: str = upper_in(require(value_in(w.get("IDNo")), "IDNo"))  # L32
    phone_number: str | None = text_given(w.get("Mobile"))  # L38
    address_line: str | None = text_given(w.get("Address"))  # L40
    occupation_code: str | None = WORK_IN[v] if (v := value_in(w.get("WorkCode"))) is not None else None  # L43
    return Party(
        name=text_required(w.get("Name"), "Name"),  # L30
        id_docs=(IdDocument(type=id_doc_type, number=id_doc_number),),  # L31
        gender=code_in(SEX_IN, require(value_in(w.get("Sex")), "Sex"), raw, at, "gender"),  # L33
        birth_date=iso_day_in(require(value_in(w.get("Birthday")), "Birthday")),  # L34
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L38
        email=text_given(w.get("Email")),  # L39
        address=Address(line=address_line) if address_line is not None else None,  # L40
        occupation=Occupation(code=occupation_code) if occupation_code is not None else None,  # L43
    )


def insured_told_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured_told` as Insured."""
    rela_to_appnt: str | None = text_of(value_in(w.get("RelaToAppnt")))  # L103
    relationship_to_policyholder: Relationship | None = None
    if rela_to_appnt == "00":  # L103
        relationship_to_policyholder = Relationship.self  # L103
    elif rela_to_appnt in ("01", "02"):  # L104
        relationship_to_policyholder = Relationship.spouse  # L104
    elif rela_to_appnt in ("03", "04"):  # L105
        relationship_to_policyholder = Relationship.child  # L105
    elif rela_to_appnt in ("05", "06"):  # L106
        relationship_to_policyholder = Relationship.parent  # L106
    elif rela_to_appnt in ("07", "08"):  # L107
        relationship_to_policyholder = Relationship.sibling  # L107
    elif rela_to_appnt == "09":  # L108
        relationship_to_policyholder = Relationship.employee  # L108
    elif value_in(w.get("RelaToAppnt")) is not None:  # L109
        relationship_to_policyholder = Relationship.other  # L109
    else:  # L103
        no_case(("RelaToAppnt", value_in(w.get("RelaToAppnt"))))  # L103
    return Insured(
        ref=text_given(w.get("InsuredNo")),  # L100
        party=person_in(w, raw, at + "party.")
        if any_given(
            w,
            "Address",
            "Birthday",
            "Email",
            "IDNo",
            "IDType",
            "MaritalStatus",
            "Mobile",
            "Name",
            "Sex",
            "Stature",
            "Weight",
            "WorkCode",
        )
        else None,  # L110
        certificate_no=text_given(w.get("CertNo")),  # L111
        relationship_to_policyholder=relationship_to_policyholder,  # L103
    )


def coverage_in(w: Wire) -> Coverage:
    """The carrier's `coverage` as Coverage."""
    risk_code: str | None = text_of(value_in(w.get("RiskCode")))  # L125
    code: str | None = None
    if risk_code == "BP01":  # L125
        code = "ACCIDENT_DEATH"  # L125
    elif risk_code == "BP02":  # L126
        code = "ACCIDENT_MEDICAL"  # L126
    elif (code_read := RISK_IN.get(text_of(value_in(w.get("RiskCode"))) or "")) is not None:  # L127
        code = code_read  # L127
    else:  # L125
        no_case(("RiskCode", value_in(w.get("RiskCode"))))  # L125
    return Coverage(
        sum_insured=yuan_in(require(value_in(w.get("Amnt")), "Amnt")),  # L128
        code=require(code, "code"),  # L125
    )


def policyholder_out(item: Party) -> Wire:
    """Party as the carrier's `policyholder`."""
    out: Wire = {}
    out["Name"] = fit(item.name, 40, "GBK")  # L30
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L31
    out["IDType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L31
    out["IDNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 20, "GBK"
    )  # L32
    out["Sex"] = SEX_OUT[need(item.gender, "gender")]  # L33
    out["Birthday"] = iso_day_out(need(item.birth_date, "birth_date"))  # L34
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L47
    out["Mobile"] = fit(need(phone.number if phone is not None else None, "phones.0.number"), 11, "GBK")  # L47
    out["Email"] = fit(email, 50, "GBK") if (email := item.email) is not None else ""  # L39
    address = item.address
    out["Address"] = fit(line, 80, "GBK") if address is not None and (line := address.line) is not None else ""  # L40
    out["Stature"] = ""  # L42
    out["Weight"] = ""  # L42
    out["MaritalStatus"] = ""  # L42
    occupation = item.occupation
    out["WorkCode"] = WORK_OUT[code] if occupation is not None and (code := occupation.code) is not None else ""  # L43
    return out


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["Name"] = fit(item.name, 40, "GBK")  # L30
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L31
    out["IDType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L31
    out["IDNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 20, "GBK"
    )  # L32
    out["Sex"] = SEX_OUT[need(item.gender, "gender")]  # L33
    out["Birthday"] = iso_day_out(need(item.birth_date, "birth_date"))  # L34
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L38
    out["Mobile"] = fit(phone.number, 11, "GBK") if phone is not None else ""  # L38
    out["Email"] = fit(email, 50, "GBK") if (email := item.email) is not None else ""  # L39
    address = item.address
    out["Address"] = fit(line, 80, "GBK") if address is not None and (line := address.line) is not None else ""  # L40
    out["Stature"] = ""  # L42
    out["Weight"] = ""  # L42
    out["MaritalStatus"] = ""  # L42
    occupation = item.occupation
    out["WorkCode"] = WORK_OUT[code] if occupation is not None and (code := occupation.code) is not None else ""  # L43
    return out


def identity_out(item: Party) -> Wire:
    """Party as the carrier's `identity`."""
    out: Wire = {}
    out["Name"] = fit(item.name, 40, "GBK")  # L30
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L31
    out["IDType"] = ID_TYPE_OUT[need(id_doc.type if id_doc is not None else None, "id_docs.0.type")]  # L31
    out["IDNo"] = fit(
        upper_out(need(id_doc.number if id_doc is not None else None, "id_docs.0.number")), 20, "GBK"
    )  # L32
    out["Sex"] = SEX_OUT[need(item.gender, "gender")]  # L33
    out["Birthday"] = iso_day_out(need(item.birth_date, "birth_date"))  # L34
    return out


def beneficiary_out(item: Beneficiary) -> Wire:
    """Beneficiary as the carrier's `beneficiary`."""
    out: Wire = {}
    out["BnfOrder"] = None  # L76
    out["BnfLot"] = None  # L76
    out["RelaToInsured"] = None  # L76
    out["BnfLot"] = SHARE_PERCENT_0.send(need(item.share, "share"))  # L78
    relationship_to_insured = item.relationship_to_insured  # L79
    if relationship_to_insured == Relationship.self:  # L81
        out["RelaToInsured"] = "00"  # L81
    elif relationship_to_insured == Relationship.spouse and (
        item.party is not None and item.party.gender == "male"
    ):  # L82
        out["RelaToInsured"] = "01"  # L82
    elif relationship_to_insured == Relationship.spouse and (
        item.party is not None and item.party.gender == "female"
    ):  # L83
        out["RelaToInsured"] = "02"  # L83
    elif relationship_to_insured == Relationship.child and (
        item.party is not None and item.party.gender == "male"
    ):  # L84
        out["RelaToInsured"] = "03"  # L84
    elif relationship_to_insured == Relationship.child and (
        item.party is not None and item.party.gender == "female"
    ):  # L85
        out["RelaToInsured"] = "04"  # L85
    elif relationship_to_insured == Relationship.parent and (
        item.party is not None and item.party.gender == "male"
    ):  # L86
        out["RelaToInsured"] = "05"  # L86
    elif relationship_to_insured == Relationship.parent and (
        item.party is not None and item.party.gender == "female"
    ):  # L87
        out["RelaToInsured"] = "06"  # L87
    elif relationship_to_insured == Relationship.sibling and (
        item.party is not None and item.party.gender == "male"
    ):  # L88
        out["RelaToInsured"] = "07"  # L88
    elif relationship_to_insured == Relationship.sibling and (
        item.party is not None and item.party.gender == "female"
    ):  # L89
        out["RelaToInsured"] = "08"  # L89
    elif relationship_to_insured == Relationship.employee:  # L90
        out["RelaToInsured"] = "09"  # L90
    elif relationship_to_insured == Relationship.other:  # L91
        out["RelaToInsured"] = "99"  # L91
    elif relationship_to_insured is not None:  # L92
        out["RelaToInsured"] = "99"  # L92
    party = item.party
    if party is not None:  # L93
        out.update(identity_out(party))  # L93
    if item.class_ == BeneficiaryClass.death:  # L95
        out["BnfOrder"] = str(item.order)  # L95
    else:
        raise CannotSend("no case of this object holds; this carrier cannot be told")  # L95
    if out["BnfOrder"] is None:
        del out["BnfOrder"]
    if out["BnfLot"] is None:
        del out["BnfLot"]
    if out["RelaToInsured"] is None:
        del out["RelaToInsured"]
    return out


def insured_out(item: Insured, req: PolicyIssueRequest | QuoteCreateRequest) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    out["InsuredNo"] = None  # L50
    out["RelaToAppnt"] = None  # L50
    out["InsuredNo"] = fit(need(item.ref, "ref"), 4, "GBK")  # L52
    relationship_to_policyholder = item.relationship_to_policyholder  # L53
    if relationship_to_policyholder == Relationship.self:  # L55
        out["RelaToAppnt"] = "00"  # L55
    elif relationship_to_policyholder == Relationship.spouse and (
        item.party is not None and item.party.gender == "male"
    ):  # L56
        out["RelaToAppnt"] = "01"  # L56
    elif relationship_to_policyholder == Relationship.spouse and (
        item.party is not None and item.party.gender == "female"
    ):  # L57
        out["RelaToAppnt"] = "02"  # L57
    elif relationship_to_policyholder == Relationship.child and (
        item.party is not None and item.party.gender == "male"
    ):  # L58
        out["RelaToAppnt"] = "03"  # L58
    elif relationship_to_policyholder == Relationship.child and (
        item.party is not None and item.party.gender == "female"
    ):  # L59
        out["RelaToAppnt"] = "04"  # L59
    elif relationship_to_policyholder == Relationship.parent and (
        item.party is not None and item.party.gender == "male"
    ):  # L60
        out["RelaToAppnt"] = "05"  # L60
    elif relationship_to_policyholder == Relationship.parent and (
        item.party is not None and item.party.gender == "female"
    ):  # L61
        out["RelaToAppnt"] = "06"  # L61
    elif relationship_to_policyholder == Relationship.sibling and (
        item.party is not None and item.party.gender == "male"
    ):  # L62
        out["RelaToAppnt"] = "07"  # L62
    elif relationship_to_policyholder == Relationship.sibling and (
        item.party is not None and item.party.gender == "female"
    ):  # L63
        out["RelaToAppnt"] = "08"  # L63
    elif relationship_to_policyholder == Relationship.employee:  # L64
        out["RelaToAppnt"] = "09"  # L64
    elif relationship_to_policyholder == Relationship.other:  # L65
        out["RelaToAppnt"] = "99"  # L65
    elif relationship_to_policyholder is not None:  # L66
        out["RelaToAppnt"] = "99"  # L66
    party = item.party
    if party is not None:  # L67
        out.update(person_out(party))  # L67
    out["BnfType"] = (
        "2"
        if any(
            one.kind == "named" and (one.insured_ref is None or one.insured_ref == item.ref)
            for one in req.beneficiaries
        )
        else "1"
    )  # L71
    up = item
    if beneficiary_list := [
        beneficiary_out(item)
        for item in req.beneficiaries
        if (item.kind == "named" and (item.insured_ref is None or item.insured_ref == up.ref))
    ]:  # L73
        out["Bnf"] = beneficiary_list  # L73
    if out["InsuredNo"] is None:
        del out["InsuredNo"]
    if out["RelaToAppnt"] is None:
        del out["RelaToAppnt"]
    return out


def coverage_out(item: Coverage, ctx: Context) -> Wire:
    """Coverage as the carrier's `coverage`."""
    out: Wire = {}
    out["RiskCode"] = None  # L121
    code = item.code  # L123
    if code == "ACCIDENT_DEATH" and ctx.binding.get("product_code") == "PAB01":  # L125
        out["RiskCode"] = "BP01"  # L125
    elif code == "ACCIDENT_MEDICAL" and ctx.binding.get("product_code") == "PAB01":  # L126
        out["RiskCode"] = "BP02"  # L126
    else:  # L127
        out["RiskCode"] = RISK_OUT[code]  # L127
    out["Amnt"] = yuan_out(need(item.sum_insured, "sum_insured"))  # L128
    if out["RiskCode"] is None:
        del out["RiskCode"]
    return out


def trip_out(item: PersonTravel) -> Wire:
    """PersonTravel as the carrier's `trip`."""
    out: Wire = {}
    out["FromPlace"] = fit(from_, 60, "GBK") if (from_ := item.from_) is not None else ""  # L133
    out["ToPlace"] = fit(to, 60, "GBK") if (to := item.to) is not None else ""  # L134
    out["Vehicle"] = VEHICLE_OUT[transport] if (transport := item.transport) is not None else ""  # L135
    return out


def insured_result_in(w: Wire) -> Insured:
    """The carrier's `insured_result` as Insured."""
    result_code: MemberOutcome | None = MEMBER_IN[v] if (v := value_in(w.get("UWResult"))) is not None else None  # L117
    result_text: str | None = text_given(w.get("UWCode"))  # L118
    return Insured(
        ref=text_given(w.get("InsuredNo")),  # L115
        certificate_no=text_given(w.get("CertNo")),  # L116
        result=MemberResult(code=result_code, text=result_text)
        if result_code is not None or result_text is not None
        else None,  # L117
    )


ERRORS = ErrorTable(
    {
        "E1001": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="报文无法解析"),  # L145
        "E1002": Outcome(kind=OutcomeKind.refused, code="request.invalid", text="字段校验失败"),  # L146
        "E1003": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="签名错误"),  # L147
        "E1004": Outcome(kind=OutcomeKind.refused, code="carrier.unauthorized", text="渠道未授权"),  # L148
        "E1005": Outcome(kind=OutcomeKind.refused, code="channel.unsupported", text="不支持的交易或产品"),  # L149
        "E1008": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="系统忙，未受理",
            because="9 E1008 系统忙，未受理：没有处理，5 秒后可再发",
            after_s=5.0,
        ),  # L150
        "E1009": Outcome(
            kind=OutcomeKind.not_executed,
            code="carrier.busy",
            text="流量超限，未受理",
            because="7.2 每个渠道每秒 20 笔，超出 E1009，未处理，1 秒后再发",
            after_s=1.0,
        ),  # L151
        "E1404": Outcome(kind=OutcomeKind.declined, code="policy.not_found", text="无此保单、无此案件"),  # L152
        "E2003": Outcome(
            kind=OutcomeKind.pending, code="policy.document_not_ready", text="电子保单生成中", after_s=10.0
        ),  # L153
        "E2201": Outcome(
            kind=OutcomeKind.declined, code="premium.mismatch", text="保费不一致", field="expected_premium"
        ),  # L154
        "E2301": Outcome(kind=OutcomeKind.declined, code="application.not_found", text="投保单不存在"),  # L155
        "E2302": Outcome(kind=OutcomeKind.declined, code="policy.refused", text="投保单状态不允许承保"),  # L156
        "E3401": Outcome(kind=OutcomeKind.declined, code="policy.already_cancelled", text="保单已退保或已满期"),  # L157
        "E3402": Outcome(kind=OutcomeKind.declined, code="cancellation.not_allowed", text="不在犹豫期"),  # L158
        "E3403": Outcome(kind=OutcomeKind.declined, code="cancellation.not_allowed", text="保险已起期"),  # L159
        "E3404": Outcome(kind=OutcomeKind.declined, code="cancellation.refused", text="有未结赔案"),  # L160
        "E3405": Outcome(
            kind=OutcomeKind.declined, code="cancellation.refund_mismatch", text="退费不一致", field="expected_refund"
        ),  # L161
        "E4002": Outcome(
            kind=OutcomeKind.declined, code="claim.not_covered", text="出险时间不在保险期间内", field="occurrence.at"
        ),  # L162
        "E9999": Outcome(kind=OutcomeKind.unknown, code="carrier.internal", text="系统异常"),  # L163
        "UW01": Outcome(
            kind=OutcomeKind.declined, code="underwriting.age", text="年龄不在承保范围", field="insureds"
        ),  # L164
        "UW02": Outcome(kind=OutcomeKind.declined, code="underwriting.sum_limit", text="累计保额超限"),  # L165
        "UW99": Outcome(kind=OutcomeKind.declined, code="underwriting.refused", text="核保不通过"),  # L166
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L167
)
CARRIER = Carrier(
    id="bamboo",
    name="青竹人寿（虚构）",
    version="3.1",
    mapping_sha256="420dc2ae21f1087315ab76972ee5802281c1b482655186c8af108f24d618652c",
    operations={
        "cancellation.quote": ("cancellation_quote",),
        "cancellation.submit": ("cancellation_submit",),
        "claim.get": ("claim_get",),
        "claim.report": ("claim_report",),
        "claim.submit": ("claim_submit",),
        "policy.document": ("policy_document",),
        "policy.get": ("policy_get",),
        "policy.issue": ("policy_issue",),
        "quote.create": ("quote_create",),
    },
    unsupported={
        "claim.modify": "1.3 理赔修改一律到柜面",
        "claim.supplement": "1.3 理赔补件一律到柜面",
        "claim.withdraw": "1.3 理赔撤销一律到柜面",
        "endorsement.quote": "1.3 保全批改一律到柜面办理",
        "endorsement.submit": "1.3 保全批改一律到柜面办理",
        "underwriting.get": "1.3 没有核保查询，用 QY01 查保单",
        "underwriting.submit": "1.3 核保只是出单的第一步，没有单独的核保",
    },
    timeout=Timeout(connect_s=3.0, total_s=25.0),
    config_keys=("base_url", "channel_code"),
    secret_keys=("sign_key",),
    rate_per_s=20.0,
)
