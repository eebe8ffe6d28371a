import type { BarcodeTable } from './audit-record.js';

/** How two barcodes leak into each other, worst first. */
export const leakClasses = ['equal', 'contained', 'near'] as const;
export type LeakClass = (typeof leakClasses)[number];

/** A pair of barcodes, for people to look at. */
export interface LeakExample {
  readonly leak: LeakClass;
  readonly split: string;
  readonly against: string;
  /** Process ids. */
  readonly record: string;
  readonly other: string;
}

/** For each barcode the splits in which it has a partner, by the worst class; and a few examples. */
export class Links {
  readonly #table: BarcodeTable;
  readonly #masks: Readonly<Record<LeakClass, Uint32Array>>;
  readonly #perPair: number;
  readonly #examples = new Map<string, LeakExample[]>();

  constructor(table: BarcodeTable, examplesPerPair: number) {
    this.#table = table;
    this.#perPair = examplesPerPair;
    this.#masks = {
      equal: table.held,
      contained: new Uint32Array(table.keys.length),
      near: new Uint32Array(table.keys.length),
    };
    for (const i of table.keys.keys()) this.#exemplify('equal', i, i, table.held[i] as number);
  }

  /** Links two barcodes both ways: each now has a partner in every split that holds the other. */
  add(leak: 'contained' | 'near', a: number, b: number): void {
    this.#mark(leak, a, b);
    this.#mark(leak, b, a);
  }

  /** Splits in which barcode `i` has no partner yet, of any class; its own among the others when it is alone there. */
  open(i: number): number {
    const { equal, contained, near } = this.#masks;
    const all = 2 ** this.#table.splits.length - 1;
    return (all & ~((equal[i] as number) | (contained[i] as number) | (near[i] as number))) >>> 0;
  }

  /** The worst class by which barcode `i`, as a member of split `s`, has a partner in split `other`. */
  worst(i: number, other: number): LeakClass | undefined {
    return leakClasses.find((leak) => (((this.#masks[leak][i] as number) >>> other) & 1) === 1);
  }

  examples(): readonly LeakExample[] {
    return [...this.#examples.values()].flat();
  }

  #mark(leak: 'contained' | 'near', of: number, by: number): void {
    const mask = this.#masks[leak];
    const fresh = ((this.#table.held[by] as number) & ~(mask[of] as number)) >>> 0;
    if (fresh === 0) return;
    mask[of] = ((mask[of] as number) | fresh) >>> 0;
    this.#exemplify(leak, of, by, fresh);
  }

  #exemplify(leak: LeakClass, of: number, by: number, fresh: number): void {
    const { splits, held, examples } = this.#table;
    for (const [s, split] of splits.entries()) {
      if ((((held[of] as number) >>> s) & 1) === 0) continue;
      for (const [t, against] of splits.entries()) {
        if (s === t || ((fresh >>> t) & 1) === 0) continue;
        const key = `${leak}\t${split}\t${against}`;
        const list = this.#examples.get(key) ?? [];
        const record = examples[of * splits.length + s] ?? '';
        const other = examples[by * splits.length + t] ?? '';
        if (list.length < this.#perPair) list.push({ leak, split, against, record, other });
        this.#examples.set(key, list);
      }
    }
  }
}
