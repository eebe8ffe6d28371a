import type { Rng } from '@bioscan/core';

/** A change of a barcode as sequencing makes it, for robustness tables. Positions are 0-based, 5' to 3'. */
export type Perturbation =
  /** Loses its first letters: a frame offset where `letters` is no multiple of k, 5' truncation where it is long. */
  | { readonly kind: 'drop-start'; readonly letters: number }
  /** Loses its last letters. */
  | { readonly kind: 'drop-end'; readonly letters: number }
  /** Keeps a window of this length, placed at random. */
  | { readonly kind: 'window'; readonly letters: number }
  /** One letter inserted or lost at random: everything behind it shifts its frame. */
  | { readonly kind: 'indel' }
  /** This share of letters, drawn one by one, becomes N. */
  | { readonly kind: 'unknown'; readonly share: number };

/** Perturbs one barcode; the stream decides where. Barcodes shorter than what is to be lost keep one letter. */
export function perturbBarcode(barcode: string, perturbation: Perturbation, random: Rng): string {
  switch (perturbation.kind) {
    case 'drop-start':
      return barcode.slice(Math.min(perturbation.letters, barcode.length - 1));
    case 'drop-end':
      return barcode.slice(0, Math.max(1, barcode.length - perturbation.letters));
    case 'window': {
      const spare = barcode.length - perturbation.letters;
      const start = spare > 0 ? random.integer(spare + 1) : 0;
      return barcode.slice(start, start + perturbation.letters);
    }
    case 'indel':
      return indel(barcode, random);
    case 'unknown':
      return Array.from(barcode, (letter) => (random.uniform() < perturbation.share ? 'N' : letter)).join('');
    default:
      return perturbation satisfies never;
  }
}

function indel(barcode: string, random: Rng): string {
  const at = random.integer(barcode.length);
  const before = barcode.slice(0, at);
  return random.uniform() < 0.5
    ? before + barcode.slice(at + 1)
    : before + 'ACGT'.charAt(random.integer(4)) + barcode.slice(at);
}
