import { BioscanError } from '@bioscan/core';
import { maxRowBytes } from '../table/delimited-rows.js';
import type { RejectReason } from '../table/reject-log.js';
import type { RawRow } from '../table/row-reader.js';

/**
 * Cuts bytes into FASTA records, each as a row: the header's fields, then the sequence with blanks and line ends removed.
 * Header fields that are left out at the end are empty. A record without sequence and one over 1 MiB are problems.
 * @throws BioscanError `bad-file` for text before the first header, or no record at all.
 */
export class FastaRows {
  readonly #file: string;
  readonly #separator: string | undefined;
  readonly #width: number;
  readonly #decoder: TextDecoder | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #line = 0;
  #inLongLine = false;
  #record: FastaRecord | undefined;

  constructor(file: string, separator: string | undefined, width: number, encoding: 'utf-8' | 'latin1') {
    this.#file = file;
    this.#separator = separator;
    this.#width = width;
    this.#decoder = encoding === 'utf-8' ? new TextDecoder('utf-8', { fatal: true }) : undefined;
  }

  push(chunk: Uint8Array, onRow: (row: RawRow) => void): void {
    const buffer =
      this.#rest.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, from)) {
      this.#takeLine(buffer.subarray(from, end), onRow);
      from = end + 1;
    }
    this.#rest = buffer.subarray(from);
    if (this.#rest.length <= maxRowBytes) return;
    if (!this.#inLongLine) this.#takeLine(this.#rest, onRow);
    this.#inLongLine = true;
    this.#rest = Buffer.alloc(0);
  }

  end(onRow: (row: RawRow) => void): void {
    if (this.#rest.length > 0) this.#takeLine(this.#rest, onRow);
    if (this.#record === undefined) throw notFasta(this.#file, 'it holds no record');
    this.#close(onRow);
  }

  #takeLine(bytes: Buffer, onRow: (row: RawRow) => void): void {
    // What is left of an overlong line belongs to the record that is already marked.
    if (this.#inLongLine) {
      this.#inLongLine = false;
      return;
    }
    this.#line++;
    const line = this.#decode(this.#line === 1 ? withoutByteOrderMark(bytes) : bytes);
    if (line?.startsWith('>') ?? bytes[0] === 62) {
      this.#close(onRow);
      this.#record = { line: this.#line, header: line?.slice(1), parts: [], length: bytes.length };
      if (bytes.length > maxRowBytes) this.#record.problem = 'too-long';
      return;
    }
    if (line?.trim() === '') return;
    const record = this.#record;
    if (record === undefined) throw notFasta(this.#file, 'its first line does not start with >');
    record.length += bytes.length;
    if (record.length > maxRowBytes) {
      record.problem ??= 'too-long';
      record.parts = [];
    } else {
      record.parts.push(line?.replaceAll(/\s/gu, ''));
    }
  }

  #close(onRow: (row: RawRow) => void): void {
    const record = this.#record;
    this.#record = undefined;
    if (record === undefined) return;
    const sequence = record.parts.includes(undefined) ? undefined : record.parts.join('');
    const fields = this.#cutHeader(record.header);
    if (sequence === '') record.problem ??= 'empty-record';
    onRow({
      line: record.line,
      width: fields.length + 1,
      problem: record.problem,
      text: (field) => (field === fields.length ? sequence : fields[field]),
      raw: () => `>${record.header ?? ''}\n${sequence ?? ''}`.slice(0, 2000),
    });
  }

  #cutHeader(header: string | undefined): (string | undefined)[] {
    if (header === undefined) return new Array<undefined>(this.#width).fill(undefined);
    const parts =
      this.#separator === undefined ? [header.trim().split(/\s/u, 1)[0] ?? ''] : header.split(this.#separator);
    const fields = parts.map((part) => part.trim());
    while (fields.length < this.#width) fields.push('');
    return fields;
  }

  #decode(bytes: Buffer): string | undefined {
    if (this.#decoder === undefined) return bytes.toString('latin1');
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}

interface FastaRecord {
  readonly line: number;
  readonly header: string | undefined;
  /** Undefined: a line that is not valid in the encoding. */
  parts: (string | undefined)[];
  length: number;
  problem?: RejectReason;
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function notFasta(file: string, why: string): BioscanError {
  return new BioscanError('bad-file', `data: ${file} is not FASTA: ${why}`, { file });
}
