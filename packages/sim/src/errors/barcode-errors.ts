import type { Rng } from '@bioscan/core';
import { fittedBarcodes } from '../barcode-model.js';
import { coiLength } from '../coi.js';
import type { ErrorDraft } from './draft.js';
import type { ErrorKind, ErrorRates } from './error-rates.js';

/** A wrong barcode of a record: its letters, the haplotype that its BIN goes by, and whose letters it holds. */
interface WrongBarcode {
  readonly barcode: string;
  readonly haplotype: string;
  readonly donors: readonly number[];
}

type BarcodeError = (draft: ErrorDraft, index: number, random: Rng) => WrongBarcode | undefined;

const barcodeErrors = {
  'contaminant-parasite': parasite,
  'contaminant-neighbour': neighbour,
  'carry-over': carryOver,
  'duplicated-barcode': duplicate,
  'in-frame-stop': inFrameStop,
  numt,
  chimera,
} as const satisfies Partial<Record<ErrorKind, BarcodeError>>;

/** Barcodes that are not the specimen's own, or not right. BINs follow the barcode. */
export function plantBarcodeErrors(draft: ErrorDraft, rates: ErrorRates, random: Rng): void {
  for (const [kind, make] of Object.entries(barcodeErrors) as [keyof typeof barcodeErrors, BarcodeError][]) {
    const stream = random.split(kind);
    for (const index of draft.choose(rates[kind], () => true, stream)) {
      // A record that became another's donor meanwhile stays as it is.
      if (!draft.free(index)) continue;
      const wrong = make(draft, index, stream.split(index));
      if (wrong === undefined || wrong.barcode === draft.row(index).barcode) continue;
      draft.rebarcode(kind, index, wrong.barcode, wrong.haplotype, wrong.donors);
    }
  }
}

/** The barcode of an insect that lived in or on it: a wasp's, or a fly's in a wasp. */
function parasite(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  const order = draft.truthOf(index).lineage.order === 'Hymenoptera' ? 'Diptera' : 'Hymenoptera';
  return barcodeOf(
    draft,
    pick(draft, random, (i) => draft.truthOf(i).lineage.order === order),
  );
}

function neighbour(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  return barcodeOf(draft, neighbourOf(draft, index, random));
}

/** Two templates in one read: where they differ, some letters are the neighbour's and most cannot be called. */
function carryOver(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  const other = neighbourOf(draft, index, random);
  if (other === undefined) return undefined;
  const own = draft.truthOf(index);
  const strange = draft.truthOf(other).haplotype;
  const start = windowStart(own.haplotype, own.barcode);
  const letters = [...own.barcode].map((letter, i) => {
    const found = strange[start + i] ?? letter;
    if (found === letter) return letter;
    const call = random.uniform();
    return call < 0.5 ? 'N' : call < 0.7 ? found : letter;
  });
  return { barcode: letters.join(''), haplotype: own.haplotype, donors: [other] };
}

/** The very barcode of a record of another split, of the same species where there is one. */
function duplicate(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  const { split } = draft.row(index);
  const { species, lineage } = draft.truthOf(index);
  const elsewhere = (i: number): boolean => draft.free(i) && draft.row(i).split !== split;
  const donor =
    pick(draft, random, (i) => elsewhere(i) && draft.truthOf(i).species === species) ??
    pick(draft, random, (i) => elsewhere(i) && draft.truthOf(i).lineage.genus === lineage.genus);
  if (donor !== undefined) draft.keep(donor);
  return barcodeOf(draft, donor);
}

/** One substitution that makes a stop of table 5 in the reading frame. */
function inFrameStop(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  const { haplotype, barcode } = draft.truthOf(index);
  const start = windowStart(haplotype, barcode);
  const codons: number[] = [];
  for (let at = (4 - (start % 3)) % 3; at + 3 <= barcode.length; at += 3) codons.push(at);
  for (const at of random.shuffle(codons)) {
    const stop = ['TAA', 'TAG'].find((one) => [0, 1, 2].filter((i) => barcode[at + i] !== one[i]).length === 1);
    if (stop === undefined) continue;
    return { barcode: barcode.slice(0, at) + stop + barcode.slice(at + 3), haplotype, donors: [] };
  }
  return undefined;
}

/** A nuclear copy: drifted at all codon positions, without selection; every other one lost one or two letters. */
function numt(draft: ErrorDraft, index: number, random: Rng): WrongBarcode {
  const { haplotype, barcode } = draft.truthOf(index);
  const letters = [...haplotype];
  const { bias } = fittedBarcodes.substitution;
  for (let n = 20 + random.integer(30); n > 0; n--) {
    const draw = random.uniform();
    letters[random.integer(coiLength)] =
      draw < bias[0] ? 'A' : draw < bias[0] + bias[3] ? 'T' : random.uniform() < 0.5 ? 'C' : 'G';
  }
  const start = windowStart(haplotype, barcode);
  const drifted = letters.join('');
  const read = drifted.slice(start, start + barcode.length);
  const lost = random.uniform() < 0.5 ? 0 : 1 + random.integer(2);
  const at = 60 + random.integer(Math.max(1, read.length - 120));
  return { barcode: read.slice(0, at) + read.slice(at + lost), haplotype: drifted, donors: [] };
}

/** Starts as its own and ends as that of another specimen of the plate. */
function chimera(draft: ErrorDraft, index: number, random: Rng): WrongBarcode | undefined {
  const own = draft.truthOf(index);
  const mates = draft.plates[own.berth.plate] ?? [];
  const other = mates[random.integer(mates.length)] ?? index;
  const strange = draft.truthOf(other);
  if (strange.species === own.species) return undefined;
  const break_ = 200 + random.integer(250);
  const haplotype = own.haplotype.slice(0, break_) + strange.haplotype.slice(break_);
  const start = windowStart(own.haplotype, own.barcode);
  return { barcode: haplotype.slice(start, start + own.barcode.length), haplotype, donors: [other] };
}

function barcodeOf(draft: ErrorDraft, donor: number | undefined): WrongBarcode | undefined {
  if (donor === undefined) return undefined;
  const { barcode, haplotype } = draft.truthOf(donor);
  return { barcode, haplotype, donors: [donor] };
}

/** A record of another species in the next well of the column or row. */
function neighbourOf(draft: ErrorDraft, index: number, random: Rng): number | undefined {
  const { berth, species } = draft.truthOf(index);
  const near = (draft.plates[berth.plate] ?? []).filter((i) => {
    const step = Math.abs(draft.truthOf(i).berth.well - berth.well);
    return (
      (step === 8 || (step === 1 && sameColumn(draft.truthOf(i).berth.well, berth.well))) &&
      draft.truthOf(i).species !== species
    );
  });
  return near[random.integer(Math.max(1, near.length))];
}

function sameColumn(a: number, b: number): boolean {
  return Math.floor(a / 8) === Math.floor(b / 8);
}

/** A random record that fits, tried at random places. */
function pick(draft: ErrorDraft, random: Rng, fits: (index: number) => boolean): number | undefined {
  const count = draft.specimens.length;
  const start = random.integer(count);
  for (let step = 0; step < count; step++) {
    const index = (start + step) % count;
    if (fits(index)) return index;
  }
  return undefined;
}

/** Where a read lies in its haplotype; Ns fit anything. */
function windowStart(haplotype: string, barcode: string): number {
  for (let start = 0; start + barcode.length <= haplotype.length; start++) {
    let i = 0;
    while (i < barcode.length && (barcode[i] === 'N' || barcode[i] === haplotype[start + i])) i++;
    if (i === barcode.length) return start;
  }
  return 0;
}
