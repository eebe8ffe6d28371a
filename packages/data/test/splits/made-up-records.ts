import { rng, type Rng } from '@bioscan/core';
import type { SplitRecord } from '../../src/splits/split-plan.js';

export interface MadeUpOptions {
  readonly seed: number;
  readonly species: number;
  /** Share of records that take over the barcode of any other record, whatever its species: what breaks careless splitters. */
  readonly copies?: number;
  readonly placeholders?: number;
  readonly unlabelled?: number;
  readonly length?: number;
}

/** A messy table: skewed species, shared barcodes, placeholder names, records without a species, ragged ends. */
export function madeUpRecords(options: MadeUpOptions): SplitRecord[] {
  const { seed, species, copies = 0.05, placeholders = 0.3, unlabelled = 0.2, length = 40 } = options;
  const random = rng(seed);
  const records: SplitRecord[] = [];
  for (let s = 0; s < species; s++) {
    const genus = `Genus${String.fromCharCode(97 + (s % 7))}`;
    const name = random.uniform() < placeholders ? `${genus} sp. ${s}` : `${genus} ${epithet(s)}`;
    const haplotypes = Array.from({ length: 1 + random.integer(12) }, () => sequence(random, length));
    const count = 1 + Math.floor(60 * random.uniform() ** 3);
    for (let i = 0; i < count; i++) {
      const own = haplotypes[random.integer(haplotypes.length)]!;
      const barcode = random.uniform() < copies ? (records[random.integer(records.length || 1)]?.barcode ?? own) : own;
      const lineage = random.uniform() < unlabelled ? { genus } : { genus, species: name };
      records.push({
        processId: `MADE${records.length}-24`,
        lineage,
        bin: `BOLD:AAA${1000 + s}`,
        barcode: ragged(barcode, random),
      });
    }
  }
  return records;
}

function epithet(index: number): string {
  return [...index.toString(26).padStart(3, '0')]
    .map((digit) => 'abcdefghijklmnopqrstuvwxyz'[Number.parseInt(digit, 26)])
    .join('');
}

export function sequence(random: Rng, length: number): string {
  return Array.from({ length }, () => 'ACGT'[random.integer(4)]).join('');
}

function ragged(barcode: string, random: Rng): string {
  const core = barcode.replace(/^N+|N+$/g, '');
  return random.uniform() < 0.2 ? `NN${core}N` : core;
}
