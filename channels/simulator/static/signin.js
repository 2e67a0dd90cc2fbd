// The accounts of the demo, and the code each one's authenticator would show now.

import * as api from "./api.js";
import { element } from "./conversation.js";

const ROLES = { intake: "Caseworker", officer: "Officer", admin: "Administrator", auditor: "Auditor", campaigner: "Campaigner" };
const FIELDS = [["email", "E-mail"], ["password", "Password"], ["code", "Code now"], ["passphrase", "Key passphrase"]];
const CODE = 2;

/** Fill the panel and keep its codes fresh; resolves to the codes on paper of the sample cases. */
export async function start(panel, say) {
  const found = await api.accounts();
  const codes = found.accounts.map((person) => line(panel, person, say));
  keepFresh(codes, found);
  return found.papers;
}

function line(table, person, say) {
  const row = element("tr"), who = element("th", "", person.name);
  who.scope = "row";
  who.append(" ", element("small", "", ROLES[person.role] ?? person.role));
  row.append(who);
  table.append(row);
  const values = FIELDS.map(([key, name]) => field(row, name, person, person[key], say));
  return values[CODE];
}

function field(row, name, person, value, say) {
  const cell = element("td");
  cell.dataset.name = name;
  row.append(cell);
  if (!value) return null;
  const copy = element("button", "copy", value);
  copy.type = "button";
  const label = () => copy.setAttribute("aria-label", `${copy.textContent}: copy ${name.toLowerCase()} of ${person.name}`);
  label();
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.textContent);
    } catch {
      say("This browser does not let the page copy: select the value instead");
      return;
    }
    say(`${name} copied`);
    copy.classList.add("done");
    setTimeout(() => copy.classList.remove("done"), 1200);
  });
  cell.append(copy);
  return { set: (fresh) => { copy.textContent = fresh; label(); } };
}

async function keepFresh(codes, found) {
  for (;;) {
    await new Promise((done) => setTimeout(done, found.seconds * 1000 + 300));
    try {
      found = await api.accounts();
      found.accounts.forEach((person, place) => { codes[place].set(person.code); });
    } catch {
      found = { seconds: 5 };
    }
  }
}
