import { BioscanError } from '@bioscan/core';

/** Larger than any published vocabulary; a file beyond it is something else. */
const largest = 32 * 1024 * 1024;

/**
 * The tokens of a `vocab.txt`: one a line, UTF-8, the line's number from 0 is the id; a last line feed and carriage returns are allowed.
 * @throws BioscanError `bad-file` naming the line: not UTF-8, an empty line, blanks in a token, a token twice, too large
 */
export function decodeVocabulary(bytes: Uint8Array): readonly string[] {
  if (bytes.length > largest) throw bad(`${bytes.length} bytes`, `at most ${largest}`);
  const lines = utf8(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const places = new Map<string, number>();
  return lines.map((line, at) => {
    const token = line.endsWith('\r') ? line.slice(0, -1) : line;
    const before = places.get(token);
    if (token === '') throw bad('an empty line', 'a token', at);
    if (/\s/u.test(token)) throw bad(`'${shown(token)}' with blanks`, 'one token a line', at);
    if (before !== undefined) throw bad(`'${shown(token)}' again, as in line ${before + 1}`, 'each token once', at);
    places.set(token, at);
    return token;
  });
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BioscanError('bad-file', 'align: vocabulary, got bytes that are not UTF-8, expected text', {}, { cause });
  }
}

function shown(token: string): string {
  return token.length > 40 ? `${token.slice(0, 40)}…` : token;
}

function bad(got: string, expected: string, at?: number): BioscanError {
  const where = at === undefined ? '' : ` line ${at + 1}`;
  return new BioscanError(
    'bad-file',
    `align: vocabulary${where}, got ${got}, expected ${expected}`,
    at === undefined ? {} : { row: at + 1 },
  );
}
