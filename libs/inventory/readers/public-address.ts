import { notPublic, parseAddress, rangesHold } from '../reachability/address.js';

/** Whether an address, as it is written, is one of the public internet; false for what is no address. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && !rangesHold(notPublic, address);
}
