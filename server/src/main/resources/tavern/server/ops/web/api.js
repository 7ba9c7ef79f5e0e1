// The ops API, as /api/v1/openapi.json describes it.
const headers = (token) => ({ Authorization: `Bearer ${token}` });

async function checked(response) {
  if (!response.ok) {
    const { error } = await response.json();
    throw new Error(error.message);
  }
  return response;
}

export async function whoAmI(token) {
  return (await checked(await fetch('/api/v1/whoami', { headers: headers(token) }))).json();
}

// Server-sent events by hand: EventSource cannot send a token, and a token in an address would end up in logs.
// Calls handlers[event](data) for each event, until the server closes.
export async function watch(token, room, handlers) {
  const query = room ? `?room=${encodeURIComponent(room)}` : '';
  const response = await checked(await fetch(`/api/v1/stream${query}`, {
    headers: { ...headers(token), Accept: 'text/event-stream' },
  }));
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
      handlers[fields.event]?.(JSON.parse(fields.data));
    }
  }
}
