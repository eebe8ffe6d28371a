import { isAscii } from 'node:buffer';
import type { RejectReason } from './reject-log.js';

export interface DelimitedOptions {
  /** One ASCII character. */
  readonly delimiter: string;
  /** `literal`: a quote is a character like others (BOLD's tables); `rfc4180`: quoted fields may hold delimiters, line ends and doubled quotes. */
  readonly quotes: 'rfc4180' | 'literal';
  readonly encoding: 'utf-8' | 'latin1';
}

/** Rows whose text would be longer than this are set aside. */
export const maxRowBytes: number = 1 << 20;
/** How far an open quote may run before it counts as stray. */
export const maxQuotedBytes: number = 1 << 16;
const minBlock = 1 << 16;

const newline = 10;
const carriageReturn = 13;
const quote = 34;

/** A row of a delimited text, valid until the next one is asked for. */
export interface DelimitedRow {
  /** Line of the (decompressed) file on which the row starts, from 1. */
  readonly line: number;
  /** Number of fields. */
  readonly width: number;
  /** Set when the row could not be cut into fields. */
  readonly problem: RejectReason | undefined;
  /** Text of a field; undefined when its bytes are not valid in the encoding. */
  text(field: number): string | undefined;
  /** The row as it stands in the file, bad bytes replaced, at most 2,000 characters. */
  raw(): string;
}

/**
 * Cuts bytes into rows by RFC 4180 or by plain delimiters. Line ends are LF or CRLF; empty lines are skipped; a leading byte order mark is dropped.
 * A row with a stray or never closed quote ends at its first line end, and reading goes on with the next line, so that a bad quote costs one line and never the rest of the file.
 * One pass over the bytes; no string is made until a field is asked for.
 */
export class DelimitedRows implements DelimitedRow {
  readonly #delimiter: number;
  readonly #quotes: boolean;
  readonly #decoder: TextDecoder | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ascii = true;
  #atStart = true;
  #skipping = false;
  #position = 0;
  #nextLine = 1;
  #rowStart = 0;
  #rowEnd = 0;
  // Start, end and whether quotes are doubled inside, three numbers a field.
  #fields = new Int32Array(3 * 64);
  line = 0;
  width = 0;
  problem: RejectReason | undefined = undefined;

  constructor(options: DelimitedOptions) {
    if (options.delimiter.length !== 1 || options.delimiter > '~' || '"\r\n'.includes(options.delimiter)) {
      throw new RangeError(`data: a delimiter is one ASCII character, got ${JSON.stringify(options.delimiter)}`);
    }
    this.#delimiter = options.delimiter.charCodeAt(0);
    this.#quotes = options.quotes === 'rfc4180';
    this.#decoder =
      options.encoding === 'utf-8' ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) : undefined;
  }

  /** Feeds bytes; calls back for each row that is complete. */
  push(chunk: Uint8Array, onRow: (row: DelimitedRow) => void): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes >= minBlock) this.#drain(false, onRow);
  }

  /** The end of the file: calls back for the rest. */
  end(onRow: (row: DelimitedRow) => void): void {
    this.#drain(true, onRow);
  }

  #drain(final: boolean, onRow: (row: DelimitedRow) => void): void {
    const rest = this.#buffer.subarray(this.#position);
    const only = this.#pending[0];
    this.#buffer =
      rest.length === 0 && this.#pending.length === 1 && only !== undefined
        ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
        : Buffer.concat([rest, ...this.#pending]);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#position = 0;
    this.#ascii = isAscii(this.#buffer);
    if (this.#atStart) this.#skipByteOrderMark();
    while (this.#position < this.#buffer.length) {
      if (this.#skipping && !this.#skipLine(final)) break;
      if (this.#position >= this.#buffer.length || !this.#cutRow(final)) break;
      const blank = this.width === 1 && this.problem === undefined && this.#fields[0] === this.#fields[1];
      if (!blank) onRow(this);
    }
  }

  #skipByteOrderMark(): void {
    this.#atStart = false;
    const buffer = this.#buffer;
    if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) this.#position = 3;
  }

  /** Drops the rest of an overlong row. */
  #skipLine(final: boolean): boolean {
    const end = this.#buffer.indexOf(newline, this.#position);
    this.#position = end < 0 ? this.#buffer.length : end + 1;
    if (end < 0 && !final) return false;
    this.#skipping = false;
    this.#nextLine++;
    return true;
  }

  /** Cuts the row at the current position; false when its end has not come yet. */
  #cutRow(final: boolean): boolean {
    this.#rowStart = this.#position;
    this.width = 0;
    this.problem = undefined;
    this.line = this.#nextLine;
    const lineEnd = this.#buffer.indexOf(newline, this.#rowStart);
    const stop = lineEnd >= 0 ? lineEnd : this.#buffer.length;
    if (stop - this.#rowStart > maxRowBytes) return this.#giveUp('too-long', stop, lineEnd < 0);
    if (lineEnd < 0 && !final) return false;
    if (!this.#quotes) {
      this.#cutPlain(this.#rowStart, trimmed(this.#buffer, this.#rowStart, stop));
      return this.#finish(stop, 1);
    }
    return this.#cutQuoted(stop, final);
  }

  /** The row is bad: it ends at its first line end, so that the lines after it are read for themselves. */
  #giveUp(problem: RejectReason, stop: number, skipRest = false): true {
    this.problem = problem;
    this.#finish(stop, skipRest ? 0 : 1);
    this.#skipping = skipRest;
    return true;
  }

  #finish(stop: number, lines: number): true {
    this.#rowEnd = stop;
    this.#nextLine += lines;
    this.#position = Math.min(stop + 1, this.#buffer.length);
    return true;
  }

  #cutPlain(start: number, stop: number): void {
    const buffer = this.#buffer;
    const delimiter = this.#delimiter;
    let from = start;
    for (let at = start; at < stop; at++) {
      if (buffer[at] !== delimiter) continue;
      this.#field(from, at, 0);
      from = at + 1;
    }
    this.#field(from, stop, 0);
  }

  #cutQuoted(firstStop: number, final: boolean): boolean {
    const buffer = this.#buffer;
    const delimiter = this.#delimiter;
    // Most lines have no quote at all.
    const firstQuote = buffer.indexOf(quote, this.#rowStart);
    if (firstQuote < 0 || firstQuote > firstStop) {
      this.#cutPlain(this.#rowStart, trimmed(buffer, this.#rowStart, firstStop));
      return this.#finish(firstStop, 1);
    }
    let stop = firstStop;
    let lines = 1;
    let at = this.#rowStart;
    for (;;) {
      if (at < buffer.length && buffer[at] === quote) {
        const close = this.#closingQuote(at + 1);
        if (close.at < 0) {
          if (!final && buffer.length - at <= maxQuotedBytes) return false;
          return this.#giveUp('open-quote', firstStop);
        }
        this.#field(at + 1, close.at, close.doubled ? 1 : 0);
        if (close.lines > 0) {
          const next = buffer.indexOf(newline, close.at);
          if (next < 0 && !final) return false;
          stop = next < 0 ? buffer.length : next;
          lines += close.lines;
        }
        at = close.at + 1;
        if (at < trimmed(buffer, at, stop) && buffer[at] !== delimiter) return this.#giveUp('stray-quote', firstStop);
      } else {
        const end = trimmed(buffer, at, stop);
        const from = at;
        while (at < end && buffer[at] !== delimiter)
          if (buffer[at++] === quote) return this.#giveUp('stray-quote', firstStop);
        this.#field(from, at, 0);
      }
      if (at >= trimmed(buffer, at, stop))
        return stop - this.#rowStart > maxRowBytes ? this.#giveUp('too-long', firstStop) : this.#finish(stop, lines);
      at++;
    }
  }

  /** The quote that closes a field; -1 when there is none within bounds. */
  #closingQuote(from: number): { at: number; doubled: boolean; lines: number } {
    const buffer = this.#buffer;
    const stop = Math.min(buffer.length, from + maxQuotedBytes);
    let doubled = false;
    let lines = 0;
    for (let at = from; at < stop; at++) {
      const byte = buffer[at];
      if (byte === newline) lines++;
      if (byte !== quote) continue;
      if (buffer[at + 1] !== quote) return { at, doubled, lines };
      doubled = true;
      at++;
    }
    return { at: -1, doubled, lines };
  }

  #field(start: number, end: number, doubled: number): void {
    const offset = 3 * this.width++;
    if (offset >= this.#fields.length) {
      const wider = new Int32Array(2 * this.#fields.length);
      wider.set(this.#fields);
      this.#fields = wider;
    }
    this.#fields[offset] = start;
    this.#fields[offset + 1] = end;
    this.#fields[offset + 2] = doubled;
  }

  text(field: number): string | undefined {
    const start = this.#fields[3 * field] as number;
    const end = this.#fields[3 * field + 1] as number;
    if (start === end) return '';
    const text = this.#decode(start, end);
    return this.#fields[3 * field + 2] === 0 ? text : text?.replaceAll('""', '"');
  }

  #decode(start: number, end: number): string | undefined {
    const buffer = this.#buffer;
    if (this.#ascii || this.#decoder === undefined) return buffer.toString('latin1', start, end);
    let at = start;
    while (at < end && (buffer[at] as number) < 128) at++;
    if (at === end) return buffer.toString('latin1', start, end);
    try {
      return this.#decoder.decode(buffer.subarray(start, end));
    } catch {
      return undefined;
    }
  }

  raw(): string {
    const end = Math.min(this.#rowEnd, this.#rowStart + 8000);
    return this.#buffer.toString('utf8', this.#rowStart, trimmed(this.#buffer, this.#rowStart, end)).slice(0, 2000);
  }
}

/** The end of a line without its carriage return. */
function trimmed(buffer: Buffer, start: number, stop: number): number {
  return stop > start && buffer[stop - 1] === carriageReturn ? stop - 1 : stop;
}
