/** Days as people say them. Dates of the desk are days of the calendar (YYYY-MM-DD), never moments. */

const DAY = 86_400_000;
const MANY_DAYS = 365;
const SHORT = { day: "numeric", month: "short" };
const MOMENT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

/** Whole days from today to a day; negative for the past. */
export function daysTo(day) {
  const now = new Date();
  return Math.round((Date.parse(day) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / DAY);
}

/** "today", "1 day", "12 days". */
export function age(day) {
  const days = -daysTo(day);
  return days <= 0 ? "today" : plural(days, "day");
}

/** "today", "in 12 days", "3 days ago"; far ahead in months and years. */
export function daysLeft(day) {
  const days = daysTo(day);
  if (days === 0) {
    return "today";
  }
  return days > 0 ? `in ${span(days)}` : `${plural(-days, "day")} ago`;
}

/** "22 Nov", with the year when it is not this one. */
export function shown(day) {
  const date = new Date(`${day.slice(0, 10)}T12:00:00`);
  const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString("en-GB", { ...SHORT, ...year });
}

/** "22 Nov, 14:05" in the time zone of the desk. */
export function moment(date) {
  const at = new Date(date);
  const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return at.toLocaleString("en-GB", { ...MOMENT, ...year });
}

/** The day `days` from today, as YYYY-MM-DD. */
export function dayFromNow(days) {
  const date = new Date(Date.now() + days * DAY);
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
}

/** "1 case", "3 cases". */
export function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function span(days) {
  if (days <= MANY_DAYS) {
    return plural(days, "day");
  }
  const months = Math.floor(days / 30.44);
  return months < 24 ? plural(months, "month") : plural(Math.floor(days / 365.25), "year");
}

function two(value) {
  return String(value).padStart(2, "0");
}
