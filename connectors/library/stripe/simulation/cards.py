"""The test cards: their names, numbers, brands and what happens when they are charged.

`payment_methods` looks cards up here when one is given by name (pm_card_visa, tok_visa) or by number. Real numbers
are refused, as Stripe's test mode refuses them.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.library.stripe.simulation.records import Record


@dataclass(frozen=True)
class Outcome:
    """What charging a card leads to."""

    code: str | None = None
    decline_code: str | None = None
    message: str = ""
    dispute: str | None = None
    refund: str | None = None
    authentication: bool = False
    available_at_once: bool = False
    attachable: bool = True
    settles: str | None = None


@dataclass(frozen=True)
class Card:
    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    outcome: Outcome = Outcome()


def _declined(decline_code: str, hint: str = "") -> Outcome:
    message = f"Your card was declined.{' ' + hint if hint else ''}"
    return Outcome("card_declined", decline_code, message, attachable=False)


DECLINED_LATER = Outcome("card_declined", "generic_decline", "Your card was declined.")
EXPIRED = Outcome("expired_card", None, "Your card has expired.", attachable=False)
WRONG_CVC = Outcome("incorrect_cvc", None, "Your card's security code is incorrect.", attachable=False)
PROCESSING = Outcome("processing_error", None, "The card could not be processed. Try again in a while.")

CARDS: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "us": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", "debit"),
    "amex": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "diners": Card("3056930009020004", "diners"),
    "jcb": Card("3566002020360505", "jcb", country="JP"),
    "gb": Card("4000008260000000", country="GB"),
    "de": Card("4000002760000016", country="DE"),
    "jp": Card("4000003920000003", country="JP"),
    "chargeDeclined": Card("4000000000000002", outcome=_declined("generic_decline")),
    "chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", outcome=_declined("insufficient_funds", "It has insufficient funds.")
    ),
    "chargeDeclinedLostCard": Card("4000000000009987", outcome=_declined("lost_card")),
    "chargeDeclinedStolenCard": Card("4000000000009979", outcome=_declined("stolen_card")),
    "chargeDeclinedFraudulent": Card("4100000000000019", outcome=_declined("fraudulent")),
    "chargeDeclinedDoNotHonor": Card("4000000000000101", outcome=_declined("do_not_honor")),
    "chargeDeclinedExpiredCard": Card("4000000000000069", outcome=EXPIRED),
    "chargeDeclinedIncorrectCvc": Card("4000000000000127", outcome=WRONG_CVC),
    "chargeDeclinedProcessingError": Card("4000000000000119", outcome=PROCESSING),
    "chargeCustomerFail": Card("4000000000000341", outcome=DECLINED_LATER),
    "createDispute": Card("4000000000000259", outcome=Outcome(dispute="fraudulent")),
    "createDisputeProductNotReceived": Card("4000000000002685", outcome=Outcome(dispute="product_not_received")),
    "createDisputeInquiry": Card("4000000000001976", outcome=Outcome(dispute="inquiry")),
    "authenticationRequired": Card("4000002760003184", outcome=Outcome(authentication=True)),
    "threeDSecure2Required": Card("4000000000003220", outcome=Outcome(authentication=True)),
    "bypassPending": Card("4000000000000077", outcome=Outcome(available_at_once=True)),
    "pendingRefund": Card("4000000000007726", outcome=Outcome(refund="pending")),
    "refundFail": Card("4000000000005126", outcome=Outcome(refund="failed")),
}
OLDER_NAMES = {
    "visa_chargeDeclined": "chargeDeclined",
    "visa_chargeDeclinedInsufficientFunds": "chargeDeclinedInsufficientFunds",
    "visa_chargeDeclinedLostCard": "chargeDeclinedLostCard",
    "visa_chargeDeclinedStolenCard": "chargeDeclinedStolenCard",
    "visa_chargeDeclinedFraudulent": "chargeDeclinedFraudulent",
    "radarBlock": "chargeDeclinedFraudulent",
    "visa_debit_us": "visa_debit",
}
BY_NUMBER: dict[str, Card] = {card.number: card for card in reversed(CARDS.values())}

# Bank debits: the money comes, or does not, days after the payment was confirmed.
BANKS: dict[str, Outcome] = {
    "usBankAccount_success": Outcome(settles="succeeded"),
    "usBankAccount_insufficientFunds": Outcome(
        "account_closed_or_insufficient", "insufficient_funds", "The bank refused the debit.", settles="failed"
    ),
}


def by_name(text: str) -> Card | None:
    """The card behind pm_card_visa, tok_visa and so on."""
    for prefix in ("pm_card_", "tok_"):
        if text.startswith(prefix):
            name = text.removeprefix(prefix)
            return CARDS.get(OLDER_NAMES.get(name, name))
    return None


def bank_by_name(text: str) -> Outcome | None:
    return BANKS.get(text.removeprefix("pm_"))


def outcome_of(method: Record) -> Outcome:
    """What charging a stored payment method leads to."""
    bank = BANKS.get(method.get("_bank", ""))
    if bank:
        return bank
    card = BY_NUMBER.get(method.get("_number", ""))
    return card.outcome if card else Outcome()
