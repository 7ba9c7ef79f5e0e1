/** Typed listeners. `Events` names each event and what comes with it. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** @returns what removes the listener again */
  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) {
      this.#listeners.set(name, (listeners = new Set()));
    }
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (event: Events[K]) => void)(event);
      } catch (error) {
        // A bug of the program: it surfaces as any other, and neither the session nor other listeners suffer from it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
