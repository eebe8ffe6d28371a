import type { Finding } from '@bioscan/core';

/** A node of a case's tree. */
export interface TriageTree {
  readonly length: number;
  /** Position in the case's tips. */
  readonly tip?: number;
  readonly children: readonly TriageTree[];
}

/** A barcode around a case. */
export interface TriageTip {
  readonly processId: string;
  readonly name: string;
  readonly bin?: string;
  readonly records: number;
  readonly distance: number;
  readonly role: 'case' | 'same species' | 'other';
  /** Aligned: all of one case have the same length. */
  readonly sequence: string;
}

/** What the page shows of one record. */
export interface TriagePageCase {
  readonly processId: string;
  readonly kind: 'error' | 'novelty' | 'note';
  readonly precision: number;
  readonly action: string;
  readonly category: string;
  readonly findings: readonly Finding[];
  readonly changes?: readonly { readonly field: string; readonly to: string | number }[];
  /** Fields of the record, as people read them. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Photo as a `data:` address. Anything else is left out: the page loads nothing. */
  readonly photo?: string;
  readonly view?: {
    readonly tips: readonly TriageTip[];
    readonly tree: TriageTree;
    /** Barcodes at each per cent of distance. */
    readonly sameSpecies: readonly number[];
    readonly others: readonly number[];
  };
}

/** A whole triage page. */
export interface TriagePage {
  readonly title: string;
  readonly banner?: string;
  /** Name of the table, for the file of decisions. */
  readonly table: string;
  readonly summary: readonly string[];
  readonly cases: readonly TriagePageCase[];
  /** What was not checked, and what it would need. */
  readonly skipped: readonly string[];
  readonly limits: readonly string[];
}
