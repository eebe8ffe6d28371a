import { encodeSafetensors } from '@bioscan/graph';
import type { Alignment } from '../alignment.js';

/** SHA-256 of the pretrained weights of each modality that has some. */
export async function weightsHashes({ modalities }: Pick<Alignment, 'modalities'>): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, { weights }] of Object.entries(modalities)) {
    if (weights === undefined) continue;
    const bytes = encodeSafetensors(weights.tensors) as Uint8Array<ArrayBuffer>;
    const digest = await globalThis.crypto.subtle.digest('SHA-256', bytes);
    hashes[name] = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return hashes;
}
