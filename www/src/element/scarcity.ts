/** Whether this device would rather not compute unasked. */

/** Gigabytes, as browsers round them; a climb and its page take up to half of one. */
const ENOUGH = 2;

/** What some browsers tell of the device and of its reader's wishes. */
interface Device {
  readonly deviceMemory?: number;
  readonly connection?: { readonly saveData?: boolean };
}

/** True only where the browser says so: many say nothing. */
export function isScarce(device: object): boolean {
  const { deviceMemory, connection } = device as Device;
  return (deviceMemory !== undefined && deviceMemory < ENOUGH) || connection?.saveData === true;
}
