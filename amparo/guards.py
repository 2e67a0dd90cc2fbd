"""What the database itself refuses, whichever process asks: a wrap for somebody who may not read.

A wrap is permission and ability in one row. Administrators, auditors and campaigners never hold one, nor does anybody
who was disabled; and nobody becomes an administrator while they hold one. `amparo migrate` sets this anew every time.
"""

from sqlalchemy import Connection

from intake.readers import MAY_HOLD, STAFF

_WRAPS = ("intake.case_wrap", "intake.draft_wrap")
_HOLDERS = ", ".join(f"'{role.value}'" for role in MAY_HOLD)
_REFUSE_WRAP = f"""
create or replace function intake.refuse_wrap() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
begin
  if starts_with(new.reader, '{STAFF}:') and not exists (
    select 1 from intake.staff where '{STAFF}:' || id = new.reader and role in ({_HOLDERS}) and disabled_at is null
  ) then
    raise exception 'this member of staff may not hold a wrap' using errcode = 'check_violation';
  end if;
  return new;
end $$
"""
_REFUSE_ROLE = f"""
create or replace function intake.refuse_role() returns trigger language plpgsql security definer
set search_path = pg_catalog as $$
begin
  if new.role not in ({_HOLDERS}) and exists (
    select 1 from intake.case_wrap where reader = '{STAFF}:' || new.id
    union all select 1 from intake.draft_wrap where reader = '{STAFF}:' || new.id
  ) then
    raise exception 'this member of staff holds wraps' using errcode = 'check_violation';
  end if;
  return new;
end $$
"""


def apply(connection: Connection) -> None:
    """Set the guards, in the caller's transaction."""
    connection.exec_driver_sql(_REFUSE_WRAP)
    connection.exec_driver_sql(_REFUSE_ROLE)
    for name in ("refuse_wrap", "refuse_role"):
        connection.exec_driver_sql(f"revoke all on function intake.{name}() from public")
    for table in _WRAPS:
        connection.exec_driver_sql(
            f"create or replace trigger refuse_wrap before insert or update of reader on {table} "
            "for each row execute function intake.refuse_wrap()"
        )
    connection.exec_driver_sql(
        "create or replace trigger refuse_role before update of role on intake.staff "
        "for each row execute function intake.refuse_role()"
    )
