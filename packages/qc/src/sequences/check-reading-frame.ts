import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { count, percent } from '../library/words.js';
import { idsOf } from './ids-of.js';
import { overLong, wholeStops } from './stop-counts.js';

/**
 * Stops of translation table 5 in the reading frame, and letters lost or gained that shift it, inside the Folmer window. The frame is the one in
 * which the barcode reads as COI, so no stop is missed by luck; whole codons lost are no error (some orders lack them). One finding a barcode.
 * Stops that only the whole sequence has are a note: past the region another gene may begin, and a tail in the wrong frame is no copy.
 */
export function checkReadingFrame(library: Library): CheckFinding[] {
  const { placements, haplotypes } = library;
  return haplotypes.barcodes.flatMap((barcode, h): CheckFinding[] => {
    const stops = placements.stops[h] as number;
    const shift = placements.shifts[h] as number;
    const identity = placements.proteinIdentity[h] as number;
    const records = idsOf(library, h);
    const found: CheckFinding[] = [];
    if (shift % 3 !== 0) {
      found.push({
        check: 'frame-shift',
        severity: 'error',
        records,
        message: `The barcode ${shift > 0 ? 'lacks' : 'has'} ${count(Math.abs(shift), 'letter')} ${shift > 0 ? '' : 'too many '}inside, which shifts the reading frame: a sequencing error or a nuclear copy.`,
        evidence: { letters: shift, proteinIdentity: identity, stops, score: 0.9 },
        action: 'look at the trace; re-sequence',
      });
    }
    if (stops === 0 && placements.strands[h] === 1) found.push(...stopsOutside(barcode, records, found.length > 0));
    if (stops > 0) {
      found.push({
        check: 'in-frame-stop',
        severity: 'error',
        records,
        message: `${count(stops, 'stop codon')} in the reading frame (table 5): not a working COI, so a nuclear copy or a sequencing error.`,
        evidence: { stops, proteinIdentity: identity, score: Math.min(1, 0.85 + 0.05 * stops) },
        action: 're-sequence',
      });
    }
    return found;
  });
}

/** Stops in the best frame of all letters, where the region itself has none. A lost letter inside explains them already. */
function stopsOutside(barcode: string, records: readonly string[], shifted: boolean): CheckFinding[] {
  const stops = shifted ? 0 : wholeStops(barcode);
  if (stops === 0) return [];
  const long = barcode.length > overLong;
  return [
    {
      check: 'stop-outside-region',
      severity: 'info',
      records,
      message: `${count(stops, 'stop codon')} over all ${count(barcode.length, 'letter')}, none inside the barcode region: ${long ? 'the sequence reaches past it' : 'its ends are not COI or lost letters'}.`,
      evidence: { stops, length: barcode.length, where: long ? 'past the region' : 'ends' },
      action: 'cut it to the region',
    },
  ];
}

/** Share of codons as in most insects below which a placed barcode is no animal COI to trust; real insects, mites and thrips have 0.35 and more. */
const strangeIdentity = 0.3;

/** Barcodes that read as COI on no strand or on the other one, or hardly at all (three-letter words of the translation as the likelihood). */
export function checkMarker(library: Library): CheckFinding[] {
  const { placements, haplotypes } = library;
  return haplotypes.barcodes.flatMap((barcode, h): CheckFinding[] => {
    const strand = placements.strands[h] as number;
    const identity = placements.proteinIdentity[h] as number;
    const records = idsOf(library, h);
    if (strand === -1) {
      return [
        {
          check: 'reverse-complement',
          severity: 'warning',
          records,
          message: 'The barcode is the other strand: it reads as COI only when reversed and complemented.',
          evidence: { proteinIdentity: identity, score: 0.95 },
          action: 'reverse and complement the sequence',
        },
      ];
    }
    if (strand === 1 && identity >= strangeIdentity) return [];
    if (strand === 0 && barcode.length < 60) return [];
    const what =
      strand === 0
        ? 'does not read as the barcode region of COI on either strand'
        : `agrees with insect COI in only ${percent(identity)} of its codons`;
    return [
      {
        check: 'not-coi',
        severity: 'error',
        records,
        message: `The sequence (${count(barcode.length, 'letter')}) ${what}: another gene, another part of it, or no animal.`,
        evidence: { length: barcode.length, proteinIdentity: identity, score: strand === 0 ? 0.95 : 0.8 },
        action: 'compare it with GenBank; re-sequence',
      },
    ];
  });
}
