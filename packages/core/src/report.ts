import type { EncoderProvenance } from './encoder.js';
import type { Rank } from './taxonomy.js';

/** An estimate with its interval; `level` is the coverage, 0.95 unless said. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /** What was resampled: `species`, `genus>species`, `seed` … */
  readonly unit: string;
}

/** One reported number. `count` is how many queries it rests on. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly count: number;
  readonly interval?: Interval;
  /** One value a seed, where seeds are a level of their own. */
  readonly seeds?: readonly number[];
}

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | Metric)[])[];
  readonly note?: string;
}

/** A figure as data; `report` draws it. A box is a point with its median as y, whiskers `low` and `high`, and quartiles `q1` and `q3`. */
export interface ReportFigure {
  readonly title: string;
  readonly kind: 'line' | 'bar' | 'point' | 'histogram' | 'box';
  readonly x: { readonly label: string };
  readonly y: { readonly label: string };
  readonly series: readonly {
    readonly name: string;
    /** Something to compare with, as a ceiling or the line of perfect calibration: drawn dashed, in grey. */
    readonly reference?: boolean;
    readonly points: readonly {
      readonly x: number | string;
      readonly y: number;
      readonly low?: number;
      readonly high?: number;
      readonly q1?: number;
      readonly q3?: number;
      /** What the point is, as a name: shown on hover and read aloud. */
      readonly label?: string;
    }[];
  }[];
  readonly note?: string;
}

/** A specimen of a grid: its picture as a `data:` URI, if there is one. */
export interface ReportGridCell {
  readonly id: string;
  readonly caption: string;
  readonly image?: string;
  /** Of a key: the deepest rank at which its name is the query's. Absent: the query itself, or nothing in common. */
  readonly match?: Rank;
}

/** Queries with the keys that were found for them, nearest first; `report` draws it. */
export interface ReportGrid {
  readonly title: string;
  readonly rows: readonly { readonly query: ReportGridCell; readonly keys: readonly ReportGridCell[] }[];
  readonly note?: string;
}

/** Cells of a map in degrees, with a count above 0 each; `report` draws it. */
export interface ReportMap {
  readonly title: string;
  readonly value: { readonly label: string };
  readonly cells: readonly {
    readonly south: number;
    readonly north: number;
    readonly west: number;
    readonly east: number;
    readonly value: number;
  }[];
  readonly note?: string;
}

/** One taxon of a confusion tree: its queries by the deepest rank at which the name that was found is theirs. */
export interface ReportTreeRow {
  readonly name: string;
  readonly rank: Rank;
  /** 0 for the outermost. */
  readonly depth: number;
  readonly queries: number;
  /** Adds up to `queries`. */
  readonly matched: Readonly<Partial<Record<Rank | 'none', number>>>;
  /** Names at this rank that its queries were given instead, the commonest first. */
  readonly takenFor: readonly { readonly name: string; readonly queries: number }[];
}

/** Confusion along the tree of names, in order of the tree; `report` draws it. */
export interface ReportTree {
  readonly title: string;
  readonly rows: readonly ReportTreeRow[];
  readonly note?: string;
}

/** What was found, with everything needed to judge and repeat it. Plain JSON. */
export interface Report {
  readonly title: string;
  /** Says "SIMULATED: …" when any of it comes from the simulator. */
  readonly banner?: string;
  readonly summary: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
  readonly grids?: readonly ReportGrid[];
  readonly maps?: readonly ReportMap[];
  readonly trees?: readonly ReportTree[];
  /** What this report cannot show. Never empty. */
  readonly limits: readonly string[];
  readonly warnings: readonly string[];
  readonly provenance: {
    readonly command?: string;
    readonly seeds: readonly number[];
    readonly encoders: readonly EncoderProvenance[];
    readonly splitHash?: string;
    readonly dataHash?: string;
    readonly versions: Readonly<Record<string, string>>;
  };
}
