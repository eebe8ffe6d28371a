import type { ColumnValue, Coordinates } from './column-parser.js';
import type { DelimitedRow } from './delimited-rows.js';
import type { PlannedColumn, ReadPlan } from './read-plan.js';
import type { RejectLog, RejectReason } from './reject-log.js';
import type { TableSchema } from './table-schema.js';

/** Values by slot of a plan; the array is reused for the next row. */
export type SlotValues = readonly (string | number | undefined)[];

/** What a row is cut into, whatever the format of the file. */
export type RawRow = Pick<DelimitedRow, 'line' | 'width' | 'problem' | 'text' | 'raw'>;

/**
 * Reads raw rows by a plan: parses, repairs, checks, and logs what cannot be read. What is lost in each case:
 *
 * | case | lost |
 * | --- | --- |
 * | wrong number of fields, stray or open quote, longer than 1 MiB | row |
 * | no process id, or one that an earlier row has | row |
 * | invalid UTF-8 in process id, a rank, BIN, barcode or split | row (a label lost in silence would move the record to another split) |
 * | invalid UTF-8 elsewhere | field |
 * | coordinate that is no number, out of range, or without its partner | both coordinates, one problem |
 * | any other number that is none or out of range | field |
 */
export class RowReader {
  readonly #plan: ReadPlan;
  readonly #schema: TableSchema;
  readonly #log: RejectLog;
  readonly #file: string;
  readonly #missing: ReadonlySet<string>;
  readonly #seen: Set<string> | undefined;
  readonly #values: (string | number | undefined)[];
  #badPair = false;
  #row = 0;

  constructor(plan: ReadPlan, schema: TableSchema, log: RejectLog, file: string, duplicates: 'set-aside' | 'keep') {
    this.#plan = plan;
    this.#schema = schema;
    this.#log = log;
    this.#file = file;
    this.#missing = new Set(schema.missing);
    this.#seen = duplicates === 'set-aside' ? new Set() : undefined;
    this.#values = new Array<string | number | undefined>(plan.slots.length).fill(undefined);
  }

  /** The values of a row, or undefined when it was set aside. */
  read(row: RawRow): SlotValues | undefined {
    this.#row++;
    if (!this.#checkShape(row)) return undefined;
    this.#values.fill(undefined);
    this.#badPair = false;
    for (const column of this.#plan.columns) if (!this.#readField(row, column)) return undefined;
    if (!this.#checkIdentity(row)) return undefined;
    this.#checkPair(row);
    this.#repair();
    return this.#values;
  }

  #checkShape(row: RawRow): boolean {
    if (row.problem !== undefined) this.#rejectRow(row, row.problem, messages[row.problem] ?? row.problem);
    else if (row.width === this.#plan.width) return true;
    else this.#rejectRow(row, 'ragged', `got ${row.width} fields, expected ${this.#plan.width}`);
    return false;
  }

  #readField(row: RawRow, column: PlannedColumn): boolean {
    const field = row.text(column.index);
    if (field === undefined) {
      return this.#badField(
        row,
        column,
        'encoding',
        "bytes that are not UTF-8; if the file is Latin-1, pass encoding: 'latin1'",
      );
    }
    if (field === '' || this.#missing.has(field)) return true;
    if (column.parser.type === 'text' && column.parser.expected === 'text') {
      this.#values[column.slot] = field;
      return true;
    }
    const value = column.parser.parse(field);
    if (typeof value === 'object' && 'problem' in value) {
      return this.#badField(
        row,
        column,
        value.problem,
        `got '${field.slice(0, 80)}', expected ${column.parser.expected}`,
      );
    }
    this.#store(column, value);
    return true;
  }

  #store(column: PlannedColumn, value: ColumnValue): void {
    if (typeof value === 'string' || typeof value === 'number') {
      this.#values[column.slot] = value;
      return;
    }
    const [latitude, longitude]: Coordinates = value;
    this.#values[column.slot] = latitude;
    this.#values[column.slot + 1] = longitude;
  }

  /** True when the row survives. A bad pair of coordinates is one problem, however many of its halves are bad. */
  #badField(row: RawRow, column: PlannedColumn, reason: RejectReason, message: string): boolean {
    const { latitude, longitude } = this.#plan;
    if (column.slot === latitude || column.slot === longitude) {
      if (this.#badPair) return true;
      this.#badPair = true;
    }
    this.#add(row, reason, message, column.onProblem, column.header);
    return column.onProblem === 'field';
  }

  #checkIdentity(row: RawRow): boolean {
    const id = this.#values[this.#plan.processId];
    if (typeof id !== 'string') {
      this.#rejectRow(row, 'no-process-id', 'the process id is empty');
      return false;
    }
    if (this.#seen?.has(id) === true) {
      this.#rejectRow(row, 'duplicate', `process id ${id} stands in an earlier row; the first is kept`);
      return false;
    }
    this.#seen?.add(id);
    return true;
  }

  #checkPair(row: RawRow): void {
    const { latitude, longitude, columns } = this.#plan;
    if (latitude < 0 && longitude < 0) return;
    const values = this.#values;
    if ((values[latitude] === undefined) === (values[longitude] === undefined) && !this.#badPair) return;
    if (!this.#badPair) {
      const empty = values[latitude] === undefined ? latitude : longitude;
      const header = columns.find((column) => column.slot === empty)?.header;
      this.#add(row, 'half-pair', 'latitude and longitude come as a pair; both were dropped', 'field', header);
    }
    if (latitude >= 0) values[latitude] = undefined;
    if (longitude >= 0) values[longitude] = undefined;
  }

  #repair(): void {
    const { slots } = this.#plan;
    this.#schema.repair?.apply(
      (field) => this.#values[slots.indexOf(field)],
      (field, value) => {
        const slot = slots.indexOf(field);
        if (slot >= 0) this.#values[slot] = value;
      },
    );
  }

  #rejectRow(row: RawRow, reason: RejectReason, message: string): void {
    this.#add(row, reason, message, 'row', undefined);
  }

  #add(row: RawRow, reason: RejectReason, message: string, lost: 'row' | 'field', column: string | undefined): void {
    this.#log.add({
      file: this.#file,
      row: this.#row,
      line: row.line,
      ...(column === undefined ? {} : { column }),
      reason,
      lost,
      message,
      ...(lost === 'row' ? { text: row.raw() } : {}),
    });
  }
}

const messages: Readonly<Partial<Record<RejectReason, string>>> = {
  'stray-quote': 'a quote inside a field that is not quoted, or text after a closing quote; double it inside quotes',
  'open-quote': 'a quote that nothing closes within 64 KiB',
  'too-long': 'longer than 1 MiB; is a line end missing?',
  'empty-record': 'a header without a sequence',
};
