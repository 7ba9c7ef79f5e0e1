// A client of the ops API, described in /api/v1/openapi.json. The token, or the key of the session, stays in this tab and is
// only sent in requests.
const TOKEN = 'tavern.token';

export const hasToken = () => sessionStorage.getItem(TOKEN) !== null;
export const keepToken = (token) => sessionStorage.setItem(TOKEN, token);
export const forgetToken = () => sessionStorage.removeItem(TOKEN);

// error: {code, message} and, for a command that must be confirmed or that replaces something,
// {confirm, doubts} or {version, stands}.
export class Refused extends Error {
  constructor(status, error = {}) {
    super(error.message ?? `the server answered ${status}`);
    this.status = status;
    this.error = error;
  }
}

// Counts go up to 2^63-1; where the browser gives access to a number's digits, they are kept.
function parse(text) {
  return JSON.parse(text, (name, value, context) => (
    Number.isInteger(value) && !Number.isSafeInteger(value) && context ? BigInt(context.source) : value));
}

async function ask(path, options = {}) {
  const headers = hasToken() ? { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}`, ...options.headers } : options.headers;
  const response = await fetch(path, { ...options, headers });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Refused(response.status, answer.error);
  }
  return response;
}

// Paths as get`rooms/${name}`: inserted values are encoded.
export const path = (texts, ...values) => (
  texts.reduce((whole, text, i) => whole + encodeURIComponent(values[i - 1]) + text));

export async function get(where, query = {}, signal) {
  const search = new URLSearchParams(query).toString();
  return parse(await (await ask(`/api/v1/${where}${search && `?${search}`}`, { signal })).text());
}

// version: of what the command replaces or lifts, as it was shown; empty for nothing.
export async function post(where, body, version = '') {
  const headers = { 'Content-Type': 'application/json', ...(version ? { 'If-Match': `"${version}"` } : {}) };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  return parse(await (await ask(`/api/v1/${where}`, options)).text());
}

// Saves a file under the name that the server gives it, which is returned.
export async function download(where, query) {
  const response = await ask(`/api/v1/${where}?${new URLSearchParams(query)}`);
  const [, name] = /filename="(.*)"/.exec(response.headers.get('Content-Disposition'));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
  return name;
}

// Server-sent events without EventSource, which cannot send a token; a token in an address would end up in logs.
// Calls heard(event, data) for each event, until the server closes the connection or the signal aborts.
export async function watch(room, signal, heard) {
  const query = room ? `?room=${encodeURIComponent(room)}` : '';
  const response = await ask(`/api/v1/stream${query}`, { signal, headers: { Accept: 'text/event-stream' } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const events = (waiting + value).split('\n\n');
    waiting = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.data) {
        heard(fields.event, parse(fields.data));
      }
    }
  }
}
