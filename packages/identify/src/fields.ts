import { BioscanError } from '@bioscan/core';

/** A JSON value that is looked into field by field: every step checks what it finds and says where it was. */
export interface Field {
  /** Where in which file, as in `identifier.json: encoder.dimension`. */
  readonly where: string;
  readonly value: unknown;
  at(name: string): Field;
  optional(name: string): Field | undefined;
  text(): string;
  number(range?: { readonly least?: number; readonly most?: number; readonly whole?: boolean }): number;
  oneOf<T extends string>(choices: readonly T[]): T;
  items(): readonly Field[];
  entries(): readonly (readonly [string, Field])[];
  /** Throws `bad-file`, saying what was expected. */
  fail(expected: string): never;
}

/** Parses a JSON file. @throws BioscanError `bad-file` when it is none */
export function jsonField(file: string, bytes: Uint8Array): Field {
  try {
    return field(`${file}:`, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `identify: ${file}, got ${bytes.length} bytes that are no JSON, expected JSON; copy the folder again`,
      { file },
      { cause },
    );
  }
}

function field(where: string, value: unknown): Field {
  const fail = (expected: string): never => {
    const got =
      value === undefined ? 'nothing' : ((JSON.stringify(value) as string | undefined)?.slice(0, 60) ?? typeof value);
    throw new BioscanError(
      'bad-file',
      `identify: ${where}, got ${got}, expected ${expected}; export the identifier again`,
      {
        where,
      },
    );
  };
  const record = (): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : fail('an object');
  const child = (name: string, inner: unknown): Field =>
    field(`${where}${where.endsWith(':') ? ' ' : '.'}${name}`, inner);
  return {
    where,
    value,
    fail,
    at: (name) => child(name, Object.hasOwn(record(), name) ? record()[name] : undefined),
    optional: (name) => (Object.hasOwn(record(), name) ? child(name, record()[name]) : undefined),
    text: () => (typeof value === 'string' && value !== '' ? value : fail('a text')),
    number({ least = -Infinity, most = Infinity, whole = false } = {}) {
      const fits = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
      return fits && Number.isFinite(value) ? value : fail(`a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    },
    oneOf: (choices) => choices.find((choice) => choice === value) ?? fail(`one of ${choices.join(', ')}`),
    items: () => (Array.isArray(value) ? value.map((item, i) => field(`${where}[${i}]`, item)) : fail('a list')),
    entries: () => Object.entries(record()).map(([name, inner]) => [name, child(name, inner)] as const),
  };
}
