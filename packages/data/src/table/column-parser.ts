import type { RejectReason } from './reject-log.js';

/** Latitude and longitude in degrees. */
export type Coordinates = readonly [latitude: number, longitude: number];
export type ColumnValue = string | number | Coordinates;

/** What a parser returns for text that it cannot read. */
export interface ParseProblem {
  readonly problem: RejectReason;
}

/** Turns the text of a field, never empty, into its value and back. Write your own for a column with rules of its own. */
export interface ColumnParser {
  readonly type: 'text' | 'number' | 'coordinates';
  /** For messages: `a number from -90 to 90`. */
  readonly expected: string;
  parse(text: string): ColumnValue | ParseProblem;
  format(value: ColumnValue): string;
}

/** The field as it stands. */
export const text: ColumnParser = { type: 'text', expected: 'text', parse: (field) => field, format: String };

/** A decimal number, with `.` and an optional exponent, within bounds. `NaN`, `inf` and decimal commas are not numbers. */
export function decimal(minimum: number = -Infinity, maximum: number = Infinity): ColumnParser {
  return {
    type: 'number',
    expected: Number.isFinite(minimum) ? `a number from ${minimum} to ${maximum}` : 'a number',
    parse: (field) => parseDecimal(field, minimum, maximum),
    format: String,
  };
}

/** A whole number, also when it was written as a float (`150502.0`); written back the same way. */
export const wholeNumber: ColumnParser = {
  type: 'number',
  expected: 'a whole number',
  parse: (field) => {
    const value = parseDecimal(field, 0, Number.MAX_SAFE_INTEGER);
    return typeof value !== 'number' || Number.isInteger(value) ? value : { problem: 'bad-value' };
  },
  format: (value) => `${String(value)}.0`,
};

/** Latitude and longitude in one field: two numbers between optional brackets, as in `[45.1, -73.9]`. */
export const coordinatePair: ColumnParser = {
  type: 'coordinates',
  expected: 'latitude and longitude as "45.1, -73.9"',
  parse: (field) => {
    const parts = /^\s*[[(]?\s*([^\s,;]+)\s*[\s,;]\s*([^\s,;]+?)\s*[\])]?\s*$/u.exec(field);
    if (parts === null) return { problem: 'half-pair' };
    const latitude = parseDecimal(parts[1] ?? '', -90, 90);
    const longitude = parseDecimal(parts[2] ?? '', -180, 180);
    if (typeof latitude !== 'number') return latitude;
    return typeof longitude !== 'number' ? longitude : [latitude, longitude];
  },
  format: (value) => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value)),
};

const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/u;

function parseDecimal(field: string, minimum: number, maximum: number): number | ParseProblem {
  if (!number.test(field)) return { problem: 'not-a-number' };
  const value = Number(field);
  return value >= minimum && value <= maximum && Number.isFinite(value) ? value : { problem: 'out-of-range' };
}
