import { BioscanError, labelAt, ranks, type LabelRank, type Lineage } from '@bioscan/core';
import { jsonField } from './fields.js';
import { identifierFiles } from './manifest.js';

/** A specimen that keys stand for. */
export interface ReferenceSpecimen {
  readonly processId: string;
  readonly lineage: Lineage;
  readonly bin?: string;
}

const columns: readonly LabelRank[] = [...ranks, 'bin'];

/** `references.json`: process ids, and one dictionary-coded column for each rank that anything has; code -1: no name. */
export function encodeReferences(references: readonly ReferenceSpecimen[]): Uint8Array {
  const labels = columns.flatMap((rank) => {
    const codes = new Map<string, number>();
    const column = references.map((reference) => {
      const name = labelAt(reference, rank);
      if (name === undefined) return -1;
      const known = codes.get(name) ?? codes.size;
      codes.set(name, known);
      return known;
    });
    return codes.size === 0 ? [] : [[rank, { names: [...codes.keys()], codes: column }] as const];
  });
  const file = { processIds: references.map(({ processId }) => processId), labels: Object.fromEntries(labels) };
  return new TextEncoder().encode(JSON.stringify(file));
}

/** @throws BioscanError `bad-file` for what is no table of references, `mismatch` for another number of them */
export function decodeReferences(bytes: Uint8Array, expected: number): ReferenceSpecimen[] {
  const file = identifierFiles.references;
  const root = jsonField(file, bytes);
  const ids = root
    .at('processIds')
    .items()
    .map((id) => id.text());
  if (ids.length !== expected) {
    throw new BioscanError(
      'mismatch',
      `identify: ${file}, got ${ids.length} references, expected ${expected} as ${identifierFiles.manifest} says; export the identifier again`,
      { file },
    );
  }
  const named: Partial<Record<LabelRank, (string | undefined)[]>> = {};
  for (const [rank, column] of root.at('labels').entries()) {
    const known = columns.find((one) => one === rank) ?? column.fail(`one of ${columns.join(', ')}`);
    const names = column
      .at('names')
      .items()
      .map((name) => name.text());
    const codes = column.at('codes').items();
    if (codes.length !== ids.length) column.at('codes').fail(`${ids.length} codes`);
    const range = { least: -1, most: names.length - 1, whole: true };
    named[known] = codes.map((code) => names[code.number(range)]);
  }
  return ids.map((processId, i) => {
    const lineage = Object.fromEntries(
      ranks.flatMap((rank) => {
        const name = named[rank]?.[i];
        return name === undefined ? [] : [[rank, name] as const];
      }),
    );
    const bin = named.bin?.[i];
    return { processId, lineage, ...(bin === undefined ? {} : { bin }) };
  });
}
