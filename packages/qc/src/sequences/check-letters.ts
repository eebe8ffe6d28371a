import { isUnambiguous } from '@bioscan/core';
import type { CheckFinding, CheckName } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { idsOf } from './ids-of.js';
import { overLong } from './stop-counts.js';

export interface LetterLimits {
  /** Unambiguous letters that a barcode should have; default 500. */
  readonly fewest?: number;
  /** Letters beyond which a sequence reaches past the window; default 700. */
  readonly most?: number;
  /** Share of ambiguous letters that BOLD allows; default 1 %. */
  readonly ambiguous?: number;
}

/** Barcodes that are short, longer than the window, or hard to read. Ns at the ends were never letters. One finding a barcode. */
export function checkLetters(library: Library, limits: LetterLimits = {}): CheckFinding[] {
  const { fewest = 500, most = overLong, ambiguous: allowed = 0.01 } = limits;
  return library.haplotypes.barcodes.flatMap((barcode, h): CheckFinding[] => {
    const blurred = ambiguousLetters(barcode);
    const clear = barcode.length - blurred;
    const share = blurred / barcode.length;
    const found: CheckFinding[] = [];
    const add = (
      check: CheckName,
      severity: CheckFinding['severity'],
      message: string,
      score: number,
      action: string,
    ): void => {
      const evidence = { length: barcode.length, ambiguous: blurred, score };
      found.push({ check, severity, records: idsOf(library, h), message, evidence, action });
    };
    if (clear < fewest) {
      add(
        'short-barcode',
        'info',
        `Only ${count(clear, 'unambiguous letter')}, expected ${fewest}.`,
        0.05,
        're-sequence if it must get a BIN',
      );
    }
    if (barcode.length > most) {
      add(
        'over-long-barcode',
        'info',
        `${count(barcode.length, 'letter')}: reaches past the barcode region.`,
        0.05,
        'cut it to the region',
      );
    }
    if (share > allowed) {
      const score = Math.min(1, 0.2 + 4 * share);
      add(
        'ambiguous-letters',
        'warning',
        `${percent(share)} of the letters are ambiguous (BOLD allows ${percent(allowed)}): a weak read, or two templates in one.`,
        score,
        'look at the trace for double peaks; re-sequence',
      );
    }
    return found;
  });
}

function ambiguousLetters(barcode: string): number {
  if (/^[ACGT]*$/.test(barcode)) return 0;
  let found = 0;
  for (let i = 0; i < barcode.length; i++) if (!isUnambiguous(barcode.charCodeAt(i))) found++;
  return found;
}
