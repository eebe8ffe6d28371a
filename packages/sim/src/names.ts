import type { Rng } from '@bioscan/core';

const onsets = [
  'b',
  'c',
  'd',
  'f',
  'g',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'z',
  'br',
  'cl',
  'dr',
  'pt',
  'st',
  'tr',
];
const vowels = ['a', 'e', 'i', 'o', 'u', 'y'];

/** A supply of invented Latin-looking names, never the same twice. */
export function nameSource(random: Rng): (ending: string) => string {
  const used = new Set<string>();
  return (ending) => {
    for (;;) {
      const stem = syllable(random) + syllable(random) + pick(random, onsets);
      if (used.has(stem)) continue;
      used.add(stem);
      return stem + ending;
    }
  };
}

/** `Bamela` from `bamela`. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function syllable(random: Rng): string {
  return pick(random, onsets) + pick(random, vowels);
}

function pick(random: Rng, items: readonly string[]): string {
  return items[random.integer(items.length)] ?? '';
}
