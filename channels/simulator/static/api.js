// Every request of this page, all to its own address.

/** The hotline's numbers and where the desk is. */
export const setup = () => get("/demo/setup");

/** The list prices. */
export const rates = () => get("/demo/static/rates.json");

/** The stories, step by step. */
export const stories = () => get("/demo/static/stories.json");

/** The made-up staff, with the codes of this moment. */
export const accounts = () => get("/demo/accounts");

/** What changed on a telephone after `version`; waits a while for it. */
export const changes = (number, version, signal) =>
  get(`/demo/phone/${encodeURIComponent(number)}/log?after=${version}&wait=8`, signal);

/** Send a text from a telephone. Throws when the hotline did not take it. */
export async function send(number, channel, text) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ channel, text });
  const answer = await fetch(`/demo/phone/${encodeURIComponent(number)}/send`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the hotline answered ${answer.status}`);
}

async function get(path, signal) {
  const answer = await fetch(path, { signal });
  if (!answer.ok) throw new Error(`${path.split("?")[0]} answered ${answer.status}`);
  return answer.json();
}
