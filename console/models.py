"""Tables of the console (schema console): accounts, passkeys, sessions, set-up links, key files and counted tries.

Who somebody is and what they may do stands in intake.staff alone; a row here only says how they prove it.
"""

from datetime import date, datetime
from typing import Any, cast

from flask_security import UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from core.clock import now
from core.database import Base
from intake.models import Role, Staff, Team

SCHEMA = {"schema": "console"}
# Flask-Security describes the attributes of its mixins as plain values, we as columns: the same names on purpose.
# mypy: disable-error-code="assignment"


class Account(Base, UserMixin):
    """How a member of staff signs in. The secrets of TOTP and recovery codes are locked under the console's key."""

    __tablename__ = "account"
    __table_args__ = (SCHEMA,)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True, autoincrement=False)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    tf_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSONB))
    new_key: Mapped[bool] = mapped_column(default=False)
    """May the person replace the key that is in use? Set by a reset, cleared by the new key."""
    last_sign_in: Mapped[date | None]
    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
    webauthn: Mapped[list["Passkey"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    team: Mapped[str] = column_property(
        select(Team.name)
        .join(Staff, Staff.team_id == Team.id)
        .where(Staff.id == staff_id)
        .correlate_except(Team, Staff)
        .scalar_subquery()
    )
    tf_phone_number = None
    """Flask-Security asks for it; codes by SMS are not offered."""

    @property
    def email(self) -> str:  # type: ignore[override]
        """The address of the member of staff."""
        return self.staff.email

    @property
    def active(self) -> bool:  # type: ignore[override]
        """May this person sign in at all?"""
        return self.staff.disabled_at is None

    @property
    def role(self) -> Role:
        """What this person may do."""
        return self.staff.role

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security's own roles are not used: `console.rules` decides."""
        return []

    @property
    def has_totp(self) -> bool:
        """Is the second factor set up?"""
        return bool(self.tf_totp_secret and self.tf_primary_method)


class Passkey(Base, WebAuthnMixin):
    """A WebAuthn credential. Its private half never leaves the authenticator."""

    __tablename__ = "passkey"
    __table_args__ = (SCHEMA,)
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Account.staff_id, ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(20))
    sign_count: Mapped[int] = mapped_column(Integer, default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSONB)
    extensions: Mapped[str | None] = mapped_column(String(255))
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str] = mapped_column(String(64))
    lastuse_datetime: Mapped[datetime] = mapped_column(default=now)

    def get_user_mapping(self) -> dict[str, Any]:
        """How the datastore finds the account."""
        return {"staff_id": self.staff_id}


class WebSession(Base):
    """A session: its 256-bit id is kept as SHA-256 alone. `staff_id` is null until both factors were given."""

    __tablename__ = "web_session"
    __table_args__ = (SCHEMA,)
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    role: Mapped[str | None] = mapped_column(String(20))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    began_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now, index=True)


class SetupLink(Base):
    """A link to set or reset an account, used once. The token itself is known only to whoever got the link."""

    __tablename__ = "setup_link"
    __table_args__ = (SCHEMA,)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    new_key: Mapped[bool] = mapped_column(default=False)


class KeyFile(Base):
    """A staff key under its owner's passphrase: an opaque text that the browser made and only the browser opens."""

    __tablename__ = "key_file"
    __table_args__ = (SCHEMA,)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True, autoincrement=False)
    file: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)


class LoginTry(Base):
    """A try that failed or is being judged. `bucket` is a keyed hash of what was tried and from which device."""

    __tablename__ = "login_try"
    __table_args__ = (Index("ix_login_try_bucket", "bucket", "at"), SCHEMA)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    bucket: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(default=now, index=True)


def account_of(user: object) -> Account:
    """Flask-Security hands out its own type; every user of this console is an Account."""
    return cast(Account, user)
