"""What the provider's page looks like: self-contained HTML without a script of its own, but for sending a form on."""

from collections.abc import Mapping, Sequence
from html import escape

from mockcentra.commerce.providers import Attempt

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --paper: #fff; --ground: #eef1f6; --line: #dfe4ec;
  --go: #1a7f4b; --stop: #b42318; --wait: #8a6100; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef1f6; --soft: #a3adbf; --paper: #1c2230; --ground: #12161f;
  --line: #313a4d; --go: #3ecf8e; --stop: #ff8a7d; --wait: #f1c15b; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(440px, 100%); background: var(--paper); border: 1px solid var(--line); border-radius: 16px;
  padding: 28px; box-shadow: 0 12px 40px rgb(16 24 40 / 10%); }
.tag { display: inline-block; font-size: 12px; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
  border: 1px solid var(--line); border-radius: 999px; padding: 2px 10px; }
h1 { font-size: 34px; line-height: 1.2; margin: 16px 0 4px; font-variant-numeric: tabular-nums; }
p { margin: 0 0 16px; color: var(--soft); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; margin: 0 0 20px; padding: 16px 0;
  border-block: 1px solid var(--line); font-size: 14px; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
form { margin: 0 0 10px; }
button { width: 100%; padding: 12px 16px; border-radius: 10px; border: 1px solid var(--line); background: none;
  color: var(--ink); font: inherit; text-align: left; cursor: pointer; }
button b { display: block; } button small { color: var(--soft); }
button:hover, button:focus-visible { border-color: currentColor; outline: none; }
.approve b, .complete b { color: var(--go); } .decline b, .fail b { color: var(--stop); }
.pending b, .\\33 ds b { color: var(--wait); }
"""

# Outcome -> (what the button says, what follows).
_BUTTONS = {
    "approve": ("Approve", "The payment is authorised; back to the shop."),
    "decline": ("Decline", "The payment is refused; the shop shows its failed page."),
    "pending": ("Pending", "An order is made that waits for the money."),
    "3ds": ("Ask for a second step", "As a bank does that wants to know who is paying."),
    "cancel": ("Cancel", "Back to the shop; the payment stays open."),
    "complete": ("Complete", "The money has arrived; the waiting order goes on."),
    "fail": ("Fail", "No money will come; the waiting order is cancelled."),
}

_STATES = {
    "open": "Waiting for a decision",
    "challenged": "Asks for a second step",
    "approved": "Approved",
    "declined": "Declined",
    "pending": "Pending",
    "completed": "Completed",
    "failed": "Failed",
    "cancelled": "Cancelled by the shop",
}


def payment_page(attempt: Attempt, outcomes: Sequence[str]) -> str:
    """A payment with one form for each possible outcome."""
    currency = attempt.currency
    details = {
        "Method": f"{attempt.method.name} ({attempt.method.uri})",
        "Currency": currency.code,
        "Order number": str(attempt.order_number),
        "State": _STATES.get(attempt.state, attempt.state),
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in details.items())
    return _document(
        f"Pay {currency.text(attempt.amount)}",
        f'<span class="tag">Emulated payment provider</span><h1>{escape(currency.text(attempt.amount))}</h1>'
        f"<p>{_advice(attempt, outcomes)}</p><dl>{rows}</dl>{''.join(map(_form, outcomes))}",
    )


def _advice(attempt: Attempt, outcomes: Sequence[str]) -> str:
    if not outcomes:
        return "Nothing is left to decide about this payment."
    if attempt.state == "pending":
        return "The order may exist already. What becomes of its money?"
    return "No money moves here. Choose what the provider says."


def _form(outcome: str) -> str:
    label, follows = _BUTTONS[outcome]
    return (
        f'<form method="post"><input type="hidden" name="outcome" value="{outcome}">'
        f'<button class="{outcome}" type="submit"><b>{label}</b><small>{follows}</small></button></form>'
    )


def return_form(url: str, fields: Mapping[str, str]) -> str:
    """A form that takes the browser back to the shop by POST, by itself or by a click where scripts are off."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    return _document(
        "Back to the shop",
        f'<span class="tag">Emulated payment provider</span><h1>Back to the shop</h1><p>One moment, please.</p>'
        f'<form id="back" method="post" action="{escape(url)}" accept-charset="UTF-8">{inputs}'
        '<noscript><button type="submit"><b>Continue</b></button></noscript></form>'
        "<script>document.getElementById('back').submit();</script>",
    )


def message_page(message: str) -> str:
    """Why there is nothing to pay here."""
    return _document(
        "No payment", f'<span class="tag">Emulated payment provider</span><h1>No payment</h1><p>{escape(message)}.</p>'
    )


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><main>{body}</main></body></html>"
    )
