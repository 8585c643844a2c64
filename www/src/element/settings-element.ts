/** The settings as properties of an element: each reads and writes the attribute of its key. */
import type { ElementSettings } from "../api/element";
import { fieldOf, NAMES, readSettings } from "../settings/table";

/** An element with a property for every setting; what an attribute does not allow reads as the setting's default. */
export const SettingsElement = withSettings();

type Made = HTMLElement & ElementSettings & { connectedCallback(): void };

function withSettings(): new () => Made {
  class Base extends HTMLElement {
    connectedCallback(): void {
      // What was set before the element knew its properties.
      for (const name of NAMES) {
        if (!Object.hasOwn(this, name)) continue;
        const value: unknown = Reflect.get(this, name);
        Reflect.deleteProperty(this, name);
        Reflect.set(this, name, value);
      }
    }
  }
  for (const name of NAMES) Object.defineProperty(Base.prototype, name, accessor(name));
  // The accessors are those of the table's names, and so are the properties of the interface.
  return Base as unknown as new () => Made;
}

function accessor(name: (typeof NAMES)[number]): PropertyDescriptor & ThisType<HTMLElement> {
  const field = fieldOf(name);
  return {
    configurable: true,
    enumerable: true,
    get() {
      const text = this.getAttribute(field.key);
      const texts = new Map(text === null ? [] : [[field.key, text]]);
      return readSettings(texts).settings[name];
    },
    set(value: unknown) {
      if (value === null || value === undefined) this.removeAttribute(field.key);
      else this.setAttribute(field.key, textOf(value, field.write));
    },
  };
}

/** A value of another kind becomes a text that its field refuses by name. */
function textOf(value: unknown, write: (value: unknown) => string): string {
  try {
    return write(value);
  } catch {
    return String(value);
  }
}
