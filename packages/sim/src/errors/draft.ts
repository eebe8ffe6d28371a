import { ranks, type Lineage, type Rng } from '@bioscan/core';
import type { SpecimenRow } from '@bioscan/data';
import type { BinIndex } from '../bins.js';
import type { Truth } from '../truth.js';
import type { ErrorKind } from './error-rates.js';
import type { PlantedError } from './planted-error.js';

/** The collection while errors are planted. No record bears more than one; records that were not chosen stay the same objects. */
export class ErrorDraft {
  readonly specimens: SpecimenRow[];
  readonly truth: readonly Truth[];
  readonly errors: PlantedError[] = [];
  readonly photoOf: Map<string, string> = new Map<string, string>();
  readonly #bins: BinIndex;
  readonly #taken = new Set<number>();
  #plates: readonly (readonly number[])[] | undefined;

  constructor(specimens: readonly SpecimenRow[], truth: readonly Truth[], bins: BinIndex) {
    this.specimens = [...specimens];
    this.truth = truth;
    this.#bins = bins;
  }

  /** Records by plate, in order of wells. */
  get plates(): readonly (readonly number[])[] {
    const plates: number[][] = [];
    if (this.#plates !== undefined) return this.#plates;
    this.truth.forEach(({ berth }, i) => (plates[berth.plate] ??= []).push(i));
    this.#plates = plates;
    return plates;
  }

  free(index: number): boolean {
    return !this.#taken.has(index);
  }

  /** Keeps a record as it is, because another's error refers to it. */
  keep(index: number): void {
    this.#taken.add(index);
  }

  /** A share of the free records that `fits`, at random. */
  choose(rate: number, fits: (index: number) => boolean, random: Rng): number[] {
    if (rate === 0) return [];
    const fitting = this.specimens.flatMap((_, i) => (this.free(i) && fits(i) ? [i] : []));
    return random.shuffle(fitting).slice(0, Math.round(rate * fitting.length));
  }

  rename(kind: ErrorKind, index: number, lineage: Lineage, donor: number): void {
    const row = this.row(index);
    const original = ranks.flatMap((rank) => row.lineage[rank] ?? []).join(';');
    const taxon = ranks.flatMap((rank) => lineage[rank] ?? []).at(-1) ?? '';
    this.#write(kind, index, { ...row, lineage, other: { ...row.other, taxon } }, [donor], 'lineage', original);
  }

  /** Another barcode; the BIN follows it, as BOLD's does. `haplotype` is its whole 658 bases, where it has them. */
  rebarcode(kind: ErrorKind, index: number, barcode: string, haplotype: string, donors: readonly number[]): void {
    const row = this.row(index);
    const { bin, ...rest } = row;
    const next = bin === undefined ? rest : { ...rest, bin: this.#bins.join(haplotype) };
    this.#write(kind, index, { ...next, barcode }, donors, 'barcode', row.barcode ?? '');
  }

  relocate(kind: ErrorKind, index: number, latitude: number, longitude: number): void {
    const row = this.row(index);
    const original = `${row.place?.latitude ?? ''},${row.place?.longitude ?? ''}`;
    this.#write(kind, index, { ...row, place: { ...row.place, latitude, longitude } }, [], 'coordinates', original);
  }

  swapPhotos(kind: ErrorKind, one: number, other: number): void {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      this.photoOf.set(this.row(a).processId, this.row(b).processId);
      this.#write(kind, a, this.row(a), [b], 'photo', this.row(a).processId);
    }
  }

  row(index: number): SpecimenRow {
    const row = this.specimens[index];
    if (row === undefined) throw new RangeError(`sim: record ${index} of ${this.specimens.length}`);
    return row;
  }

  truthOf(index: number): Truth {
    const row = this.truth[index];
    if (row === undefined) throw new RangeError(`sim: record ${index} of ${this.truth.length}`);
    return row;
  }

  #write(
    kind: ErrorKind,
    index: number,
    row: SpecimenRow,
    donors: readonly number[],
    field: PlantedError['field'],
    original: string,
  ): void {
    this.#taken.add(index);
    this.specimens[index] = row;
    const others = donors.map((donor) => this.truthOf(donor).processId);
    this.errors.push({ kind, processId: row.processId, others, field, original });
  }
}
