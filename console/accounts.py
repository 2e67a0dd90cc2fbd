"""What happens to an account: it begins or begins anew with a set-up link, and it may get a key."""

import base64
import binascii
import json
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from console.errors import Refused
from console.models import Account, KeyFile, SetupLink
from console.secrets import hash_password, lock_totp
from console.sessions import revoke
from core.clock import now
from core.keys import KeyProvider
from intake import audit, staff
from intake.desk import membership
from intake.models import CaseWrap, Role, Staff, Team
from intake.readers import name_of

ENOUGH = 2
"""So many readers a team needs: with one, a lost passphrase loses every case."""
_FIELDS = {"v", "kdf", "salt", "memory_kib", "box", "public"}
_LONGEST_FILE = 4096
_LEAST_MEMORY = 65_536


def begin(session: Session, link: SetupLink, password_hash: str) -> Account:
    """The account of a link's person, with this password and nothing else: second factor and passkeys start anew."""
    account = session.get(Account, link.staff_id)
    if account is None:
        account = Account(staff_id=link.staff_id, fs_uniquifier=uuid4().hex, fs_webauthn_user_handle=uuid4().hex)
        session.add(account)
    _end_sign_in(session, account)
    account.password = password_hash
    account.new_key = account.new_key or link.new_key
    link.used_at = now()
    session.flush()
    audit.append(session, name_of(link.staff_id), "account.begun", name_of(link.staff_id))
    return account


def reset(session: Session, person: Staff, actor: str, *, key: bool) -> None:
    """Whatever this person signed in with ends now, whoever has it; with `key`, so does what their key could open.

    The old key is nobody's from then on: no new report is sealed to it, and no colleague is offered to give it cases.
    """
    account = session.get(Account, person.id, with_for_update={"of": Account})
    if account is not None:
        _end_sign_in(session, account)
    if key:
        _give_up(session, person, actor)
        person.public_key = person.fingerprint = None
        session.execute(delete(KeyFile).where(KeyFile.staff_id == person.id))


def create(session: Session, keys: KeyProvider, staff_id: int, password: str, totp: str) -> Account:
    """An account with both factors, without a link: for the demo's made-up people and for tests. `totp` is base32."""
    account = Account(
        staff_id=staff_id,
        password=hash_password(keys, password),
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
        tf_primary_method="authenticator",
        tf_totp_secret=lock_totp(keys, totp),
        mf_recovery_codes=[],
    )
    session.add(account)
    return account


def put_key(session: Session, staff_id: int, file: str, public: bytes) -> None:
    """Keep somebody's key file. A new key takes the old one's wraps with it: colleagues grant them again."""
    account = session.get_one(Account, staff_id, with_for_update={"of": Account})
    person = session.get_one(Staff, staff_id)
    if person.public_key != public:
        if person.public_key is not None and not account.new_key:
            raise Refused(409, "key_in_use", "You have a key. To replace it, ask your administrator for a reset.")
        _give_up(session, person, name_of(staff_id))
        staff.set_key(session, person, public)
    account.new_key = False
    session.merge(KeyFile(staff_id=staff_id, file=file, made_at=now()))


def checked_key(file: object, public: object) -> tuple[str, bytes]:
    """A key file and its public half as the browser sends them. Raises Refused."""
    try:
        text = file if isinstance(file, str) else json.dumps(file)
        fields = json.loads(text)
        given = base64.b64decode(str(public), validate=True)
        inside = base64.b64decode(fields["public"], validate=True)
        memory = int(fields["memory_kib"])
        kind = (fields["v"], fields["kdf"])
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise _no_key_file() from None
    strong = kind == (1, "argon2id") and memory >= _LEAST_MEMORY
    whole = given == inside and len(given) == 32 and any(given) and len(text) <= _LONGEST_FILE
    if set(fields) != _FIELDS or not (strong and whole):
        raise _no_key_file()
    return text, given


def b64(public: bytes | None) -> str | None:
    """A public half as the pages read it."""
    return base64.b64encode(public).decode() if public else None


def readers_of(session: Session, team: str) -> int:
    """How many people of a team can read its cases now."""
    return dict(readers_by_team(session)).get(team, 0)


def readers_by_team(session: Session) -> list[tuple[str, int]]:
    """Every team and how many can read for it; a team without readers is in the list with 0."""
    can_read = (Staff.role == Role.INTAKE) & Staff.disabled_at.is_(None) & Staff.public_key.is_not(None)
    query = select(Team.name, func.count(Staff.id)).outerjoin(Staff, (Staff.team_id == Team.id) & can_read)
    return [(name, count) for name, count in session.execute(query.group_by(Team.name).order_by(Team.name))]


def _end_sign_in(session: Session, account: Account) -> None:
    account.fs_uniquifier = uuid4().hex
    account.password = None
    account.tf_primary_method = account.tf_totp_secret = account.mf_recovery_codes = None
    account.webauthn.clear()
    revoke(session, account.staff_id)


def _give_up(session: Session, person: Staff, actor: str) -> None:
    """What the old key could open is lost; a mark stays, so that colleagues' browsers can give it again."""
    if person.public_key is None:
        return
    count = session.scalar(select(func.count()).where(CaseWrap.reader == name_of(person.id))) or 0
    membership.lose(session, person.id)
    audit.append(session, actor, "staff.key_lost", name_of(person.id), wraps=count)


def _no_key_file() -> Refused:
    return Refused(400, "no_key_file", "This is not a key file of Amparo. Make your key again on the key page.")
