"""What the shop would have mailed (payments.md F)."""

import msgspec
from flask import Response

from mockcentra.control.transport import answer, space
from mockcentra.store import tools as rows


def mail() -> Response:
    """`GET /_mock/mail`: a list, newest last."""
    with space().store.reading() as tx:
        mails = rows.mails(tx)
    return answer(
        [
            {
                "type": row["type"],
                "to": row["recipient"],
                "language": row["language"],
                "data": msgspec.Raw(row["data_json"].encode()),
            }
            for row in mails
        ]
    )


ROUTES = (("/mail", ["GET"], mail),)
