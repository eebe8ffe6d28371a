import type { Rank } from '@bioscan/core';

/** From nothing in common (grey) to the same species (dark blue), even in lightness (after Okabe & Ito; Brewer's blues). */
export const matchColours: Readonly<Record<Rank | 'none', string>> = {
  none: '#8a8a8a',
  phylum: '#fdd0a2',
  class: '#fdae6b',
  order: '#e6a700',
  family: '#56b4e9',
  subfamily: '#2e96d0',
  genus: '#0072b2',
  species: '#053061',
};

export const matchOrder: readonly (Rank | 'none')[] = [
  'none',
  'phylum',
  'class',
  'order',
  'family',
  'subfamily',
  'genus',
  'species',
];
