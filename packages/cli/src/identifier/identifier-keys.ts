import type { EmbeddingBlock } from '@bioscan/core';
import type { IdentifierKeys, ReferenceSpecimen } from '@bioscan/identify';
import type { ShiftedKeys } from './voting-neighbours.js';

const modalities = ['image', 'dna'] as const;

/** Photos, and barcodes where they vote. */
export function shiftedKeys(
  { image, dna }: { readonly image: EmbeddingBlock; readonly dna?: EmbeddingBlock },
  dnaShift: number | undefined,
): ShiftedKeys[] {
  return [
    { block: image, shift: 0 },
    ...(dna === undefined || dnaShift === undefined ? [] : [{ block: dna, shift: dnaShift }]),
  ];
}

/** References in order of their first key, and keys that point at them. */
export function keysOf(
  keys: readonly ShiftedKeys[],
  byId: ReadonlyMap<string, ReferenceSpecimen>,
): { references: ReferenceSpecimen[]; keySets: IdentifierKeys[] } {
  const position = new Map<string, number>();
  const references: ReferenceSpecimen[] = [];
  const rowOf = (id: string): number => {
    const known = position.get(id);
    if (known !== undefined) return known;
    const { lineage = {}, bin } = byId.get(id) ?? {};
    position.set(id, references.length);
    return references.push({ processId: id, lineage, ...(bin === undefined ? {} : { bin }) }) - 1;
  };
  const keySets = keys.map(({ block, shift }, i) => ({
    modality: modalities[i] as 'image' | 'dna',
    rows: Int32Array.from(block.ids, rowOf),
    vectors: block.vectors,
    shift,
  }));
  return { references, keySets };
}
