import { ConnectionLostError, TavernError } from "../src/index.js";

/** Why something was not done, for people. */
export function why(error: Error): string {
  if (error instanceof ConnectionLostError) {
    return "There is no connection. Try again when you are back.";
  }
  return error instanceof TavernError ? error.text : error.message;
}

/** The element with this id, which the page has. */
export function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return element;
}

/** A new element; what players wrote becomes text and nothing else. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Replaces a list's options and keeps what was chosen, if it is still there. */
export function fill(select: HTMLSelectElement, values: [value: string, label: string][]): void {
  const now = [...select.options].map(({ value, label }) => `${value} ${label}`).join();
  if (now === values.map(([value, label]) => `${value} ${label}`).join()) {
    return;
  }
  const chosen = select.value;
  select.replaceChildren(...values.map(([value, label]) => make("option", { value, label }, label)));
  if (values.some(([value]) => value === chosen)) {
    select.value = chosen;
  }
}
