import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operatorCoverage } from '../docs/operator-coverage.js';

/** Prettier aligns the table's columns. */
const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

it('docs/operators.md is what the rule table says', () => {
  const written = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8');
  expect(plain(written)).toBe(plain(operatorCoverage()));
});
