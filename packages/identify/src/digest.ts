import { sha256 } from '@bioscan/core';

/** The part of Web Crypto that is used here; browsers have it on https pages only. */
interface Subtle {
  digest(algorithm: 'SHA-256', bytes: Uint8Array): Promise<ArrayBuffer>;
}

/** SHA-256 in lower-case hexadecimal: Web Crypto where there is one, plain TypeScript elsewhere. */
export async function digest(bytes: Uint8Array): Promise<string> {
  const { crypto } = globalThis as { readonly crypto?: { readonly subtle?: Subtle } };
  if (crypto?.subtle === undefined) return sha256(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
