import { describe, expect, it } from 'vitest';
import { placeholderRule } from '../src/placeholder-rule.js';

/** spec: the truth table of BIOSCAN-5M's rules, with the rule that must catch each. */
const placeholders: readonly (readonly [string, string])[] = [
  ['Megaselia sp.', 'species-full-stop'],
  ['Megaselia sp. 1', 'species-digit'],
  ['Megaselia sp 1ES', 'species-digit'],
  ['Malaise5678', 'species-malaise'],
  ['Maliase01', 'species-digit'],
  ['Malaize x', 'species-malaise'],
  ['janzen01', 'species-lower-case-start'],
  ['Apanteles Rodriguez01', 'species-digit'],
  ['Culex aff pipiens', 'aff'],
  ['Culex affinis A', 'affinis-with-code'],
  ['Culex n sp', 'n-sp'],
  ['Culex sp ex host', 'sp-ex'],
  ['Tanytarsus gen nov', 'gen'],
  ['Bradysia nr. ocellaris', 'species-full-stop'],
  ['Bradysia cf. impatiens', 'species-full-stop'],
  ['Culex (Culex) pipiens', 'species-inner-capital'],
  ['Empis (s.str.) tessellata', 'species-full-stop'],
  ["O'Brienia foo", 'species-inner-capital'],
  ['Genus_species', 'species-underscore-or-question-mark'],
  ['Genus species?', 'species-underscore-or-question-mark'],
  ['BOLD:AAA1234', 'species-digit'],
  ['Genus spA', 'species-inner-capital'],
];
const trusted = ['Aedes aegypti', 'Culex affinis', 'Vanessa c-album', 'Drosophila melanogaster melanogaster'];
const missedByPublished = [
  'Megaselia sp', 'Spodoptera spp', 'Culex nsp', 'Bradysia nr ocellaris', 'Bradysia cf impatiens',
  'Aphis gossypii complex', 'Aphis gossypii group', 'Bombus x hybrid',
]; // prettier-ignore

describe('placeholderRule, bioscan5m', () => {
  it.each(placeholders)('takes %s for a placeholder by %s', (species, rule) => {
    expect(placeholderRule({ species }, 'bioscan5m')).toBe(rule);
  });

  it.each([...trusted, ...missedByPublished])('trusts %s', (species) => {
    expect(placeholderRule({ species }, 'bioscan5m')).toBeUndefined();
  });

  it.each([
    ['sciaridMalaise01', 'genus-malaise'],
    ['genA', 'genus-lower-case-start'],
    ['Phoridae sp 1', 'sp-with-suffix'],
    ['unassigned Sciaridae', undefined],
    ['unclassified Malaise', undefined],
    ['Gen A1', undefined],
    ['Aff1', undefined],
  ])('judges the genus %s: %s', (genus, rule) => {
    expect(placeholderRule({ genus }, 'bioscan5m')).toBe(rule);
  });

  it('matches nothing where there is no name', () => {
    expect(placeholderRule({}, 'bioscan5m')).toBeUndefined();
    expect(placeholderRule({ genus: undefined, species: undefined }, 'strict')).toBeUndefined();
  });
});

describe('placeholderRule, strict', () => {
  it.each(missedByPublished.filter((name) => name !== 'Bombus x hybrid'))('also catches %s', (species) => {
    expect(placeholderRule({ species }, 'strict')).toBe('open-nomenclature');
  });

  it.each(['Culex (Culex) pipiens', 'Empis (s.str.) tessellata', ...trusted])('trusts %s', (species) => {
    expect(placeholderRule({ species }, 'strict')).toBeUndefined();
  });

  it('still catches what is a placeholder behind a subgenus', () => {
    expect(placeholderRule({ species: 'Culex (Culex) sp. 1' }, 'strict')).toBe('species-digit');
    expect(placeholderRule({ species: 'Aphis gossypii agg.' }, 'strict')).toBe('species-full-stop');
  });
});
