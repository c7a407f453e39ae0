"""Aurora P&C (fictional) 2025.11: what its mapping leaves to Python, the corrections of a claim."""

from typing import Any

import msgspec

from gateway.model import BankAccount, Change, Money
from gateway.wire import CannotSend, Wire


def claim_changes(changes: tuple[Change, ...]) -> Wire:
    """The corrections of a claim as the interface names them (4.15.1).

    Raises `CannotSend` for a field that cannot be corrected here, and for a value the model would not take.
    """
    wire: Wire = {}
    for change in changes:
        match change.target, change.field:
            case "claim", "requested.amount":
                wire["claimedAmount"] = _money(_converted(change.to, Money))
            case "claim", "occurrence.description":
                wire["description"] = _converted(change.to, str)
            case "claim", "account":
                wire["payee"] = _payee(_converted(change.to, BankAccount))
            case _:
                raise CannotSend(f"{change.field} of a claim cannot be changed at this carrier")
    return wire


def _converted(value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        # The message of the error may quote the value.
        raise CannotSend("a change of the claim is not written as the model writes it") from None


def _money(money: Money) -> Wire:
    return {"amount": f"{money.decimal():.2f}", "currency": money.currency}


def _payee(account: BankAccount) -> Wire:
    if account.holder is None or account.bank is None:
        raise CannotSend("a payee needs the holder and the bank of the account")
    return {
        "fullName": account.holder,
        "method": "BANK_TRANSFER",
        "bankName": account.bank,
        "accountNumber": account.number,
    }
