import { BioscanError, nearestName } from '@bioscan/core';

/** Reads an object of a config file field by field; every error names the field, what was found, and the fix. */
export interface ConfigFields {
  text(name: string): string | undefined;
  number(name: string, limits?: NumberLimits): number | undefined;
  flag(name: string): boolean | undefined;
  choice<Name extends string>(name: string, names: readonly Name[]): Name | undefined;
  numbers(name: string, limits?: NumberLimits): readonly number[] | undefined;
  texts(name: string): readonly string[] | undefined;
  object(name: string): ConfigFields | undefined;
  /** One object or a list of objects, each with its own path. */
  objects(name: string): readonly ConfigFields[] | undefined;
  /** A field that may be a word or an object. */
  wordOr(name: string): string | ConfigFields | undefined;
  /** Names that the object holds. */
  names(): readonly string[];
  /** @throws BioscanError for fields that nobody asked for */
  end(): void;
  /** The error of a field. */
  wrong(name: string, expected: string, fix?: string): BioscanError;
}

export interface NumberLimits {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** @throws BioscanError `bad-input` when the value is no object */
export function configFields(value: unknown, file: string, path = ''): ConfigFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BioscanError(
      'bad-input',
      `cli: ${file}, field '${path || '(all)'}', got ${shown(value)}, expected an object { … }`,
      { file, field: path },
    );
  }
  const given = value as Readonly<Record<string, unknown>>;
  const asked = new Set<string>();
  const fieldPath = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return {
    text: (name) => checked(name, 'a text', (found) => typeof found === 'string' && found !== ''),
    number: (name, limits = {}) => checked(name, numberWords(limits), (found) => isNumber(found, limits)),
    flag: (name) => checked(name, 'true or false', (found) => typeof found === 'boolean'),
    choice: (name, names) => {
      const near = typeof given[name] === 'string' ? nearestName(given[name], names) : undefined;
      const fix = near === undefined ? undefined : `did you mean '${near}'?`;
      return checked(name, `one of ${names.join(', ')}`, (found) => names.some((one) => one === found), fix);
    },
    numbers: (name, limits = {}) =>
      checked(
        name,
        `a list [ … ], each ${numberWords(limits)}`,
        (found) => Array.isArray(found) && found.length > 0 && found.every((one) => isNumber(one, limits)),
      ),
    texts: (name) =>
      checked(
        name,
        'a list of texts [ … ]',
        (found) => Array.isArray(found) && found.length > 0 && found.every((one) => typeof one === 'string'),
      ),
    object: (name) => {
      asked.add(name);
      return given[name] === undefined ? undefined : configFields(given[name], file, fieldPath(name));
    },
    objects: (name) => {
      asked.add(name);
      const found = given[name];
      if (found === undefined) return undefined;
      if (!Array.isArray(found)) return [configFields(found, file, fieldPath(name))];
      if (found.length === 0) throw wrong(name, 'an object { … }, or a list of one or more');
      return found.map((one: unknown, at) => configFields(one, file, `${fieldPath(name)}.${at}`));
    },
    wordOr: (name) => {
      asked.add(name);
      const found = given[name];
      if (found === undefined || typeof found === 'string') return found;
      return configFields(found, file, fieldPath(name));
    },
    names: () => Object.keys(given),
    end: () => {
      const unknown = Object.keys(given).find((name) => !asked.has(name));
      if (unknown === undefined) return;
      const near = nearestName(unknown, asked);
      throw new BioscanError(
        'bad-input',
        `cli: ${file}, field '${fieldPath(unknown)}' is unknown, expected one of ${[...asked].join(', ')}${near === undefined ? '' : `; did you mean '${near}'?`}`,
        { file, field: fieldPath(unknown) },
      );
    },
    wrong,
  };

  // The check is the caller's promise of the type.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  function checked<Value>(
    name: string,
    expected: string,
    fits: (found: unknown) => boolean,
    fix?: string,
  ): Value | undefined {
    asked.add(name);
    if (given[name] === undefined || fits(given[name])) return given[name] as Value | undefined;
    throw wrong(name, expected, fix);
  }

  function wrong(name: string, expected: string, fix?: string): BioscanError {
    const found = given[name] === undefined ? 'nothing' : shown(given[name]);
    return new BioscanError(
      'bad-input',
      `cli: ${file}, field '${fieldPath(name)}', got ${found}, expected ${expected}${fix === undefined ? '' : `; ${fix}`}`,
      { file, field: fieldPath(name) },
    );
  }
}

function isNumber(found: unknown, { least = -Infinity, most = Infinity, whole = false }: NumberLimits): boolean {
  return typeof found === 'number' && found >= least && found <= most && (!whole || Number.isInteger(found));
}

function numberWords({ least, most, whole = false }: NumberLimits): string {
  const from = least === undefined ? '' : ` from ${least}`;
  const to = most === undefined ? '' : ` to ${most}`;
  return `a ${whole ? 'whole ' : ''}number${from}${to}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
