import type { EncoderProvenance, ReportTable } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import { barcodeTable, type AuditRecord, type BarcodeTable } from './audit-record.js';
import { linkContained, shortestContained } from './contained-barcodes.js';
import { checkCorpora, type CorpusCheck } from './encoder-corpus.js';
import { checkHeldOutBins, type HeldOutBins } from './held-out-bins.js';
import { leakageTable } from './leakage-table.js';
import { leakFindings } from './leak-findings.js';
import type { LeakCount } from './leak-count.js';
import { leakClasses, Links, type LeakExample } from './links.js';
import { linkNear } from './near-barcodes.js';
import { ambiguousLetters } from './seed-index.js';

export interface LeakageOptions {
  /** Splits left out: by default the reserves `fragments` and `surplus`. */
  readonly ignore?: readonly string[];
  /** Pairs of letters that a near pair must overlap in; gaps are no pairs. */
  readonly minimumOverlap?: number;
  /** Edits per pair up to which a pair is near. */
  readonly nearShare?: number;
  /** Encoders whose pretraining corpus is compared with the query splits. */
  readonly encoders?: readonly EncoderProvenance[];
  /** Example pairs kept per class and pair of splits. */
  readonly examples?: number;
}

/** What an audit found. Plain JSON. */
export interface LeakageAudit {
  readonly splits: readonly { readonly split: string; readonly records: number; readonly barcodes: number }[];
  /** For every ordered pair of splits and every class, zeros too. */
  readonly counts: readonly LeakCount[];
  readonly heldOutBins: HeldOutBins;
  readonly corpora: readonly CorpusCheck[];
  readonly examples: readonly LeakExample[];
  readonly findings: readonly CheckFinding[];
  readonly warnings: readonly string[];
  readonly table: ReportTable;
}

/**
 * Looks for what test data and training data have in common, between every two splits: *equal* barcodes (N taken off both ends, upper case),
 * barcodes *contained* in one another, and *near* ones (at most 1 % edits over an overlap of at least 300 letter pairs, end gaps free, N and IUPAC
 * compatible). Also: pretrain records in BINs of held-out species, and encoders that saw test data or do not say what they saw.
 * Exact; about linear in the letters: 50,000 distinct barcodes take a minute or so. Records without a split are left out.
 */
export function checkLeakage(
  records: readonly AuditRecord[],
  assignment: ReadonlyMap<string, string>,
  options: LeakageOptions = {},
): LeakageAudit {
  const {
    ignore = ['fragments', 'surplus'],
    minimumOverlap = 300,
    nearShare = 0.01,
    encoders = [],
    examples = 3,
  } = options;
  if (!(minimumOverlap >= 20) || !(nearShare >= 0 && nearShare < 0.1)) {
    throw new RangeError(
      `qc: an audit needs minimumOverlap >= 20 and 0 <= nearShare < 0.1, got ${minimumOverlap}, ${nearShare}`,
    );
  }
  const table = barcodeTable(records, assignment, new Set(ignore));
  const links = new Links(table, examples);
  linkContained(table, links);
  linkNear(table, links, { minimumOverlap, share: nearShare });
  const counts = leakCounts(table, links);
  const heldOutBins = checkHeldOutBins(records, assignment);
  const corpora = checkCorpora(encoders, records, assignment);
  const pairs = links.examples();
  return {
    splits: splitSizes(table), counts, heldOutBins, corpora, examples: pairs,
    findings: leakFindings(counts, pairs, heldOutBins, corpora),
    warnings: auditWarnings(table, heldOutBins, corpora),
    table: leakageTable(table.splits, counts),
  }; // prettier-ignore
}

function splitSizes(table: BarcodeTable): LeakageAudit['splits'] {
  const { splits, keys, counts } = table;
  return splits.map((split, s) => {
    const inSplit = Array.from(keys.keys(), (i) => counts[i * splits.length + s] as number);
    return {
      split,
      records: inSplit.reduce((sum, count) => sum + count, 0),
      barcodes: inSplit.filter((count) => count > 0).length,
    };
  });
}

function leakCounts(table: BarcodeTable, links: Links): LeakCount[] {
  const { splits, keys, held, counts } = table;
  const found: LeakCount[] = [];
  for (const [s, split] of splits.entries()) {
    const members = [...keys.keys()].filter((i) => (((held[i] as number) >>> s) & 1) === 1);
    for (const [t, against] of splits.entries()) {
      if (s === t) continue;
      const worst = members.map((i) => links.worst(i, t));
      for (const leak of leakClasses) {
        const hit = members.filter((_, at) => worst[at] === leak);
        const records = hit.reduce((sum, i) => sum + (counts[i * splits.length + s] as number), 0);
        found.push({ split, against, leak, records, barcodes: hit.length });
      }
    }
  }
  return found;
}

function auditWarnings(table: BarcodeTable, bins: HeldOutBins, corpora: readonly CorpusCheck[]): string[] {
  const warnings: string[] = [];
  const short = table.keys.filter((key) => key.length < shortestContained).length;
  if (short > 0)
    warnings.push(`${short} barcodes have fewer than ${shortestContained} letters: only equality was looked for`);
  const blurred = table.keys.filter(isDense).length;
  if (blurred > 0) {
    warnings.push(
      `${blurred} barcodes hold 32 letters with more than ${ambiguousLetters} ambiguous ones: near partners that agree only there are missed`,
    );
  }
  if (bins.pretrainRecords > 0 && bins.pretrainWithBin < bins.pretrainRecords) {
    warnings.push(
      `${bins.pretrainRecords - bins.pretrainWithBin} pretrain records have no BIN and could not be compared with held-out BINs`,
    );
  }
  for (const { encoder, known } of corpora) {
    if (!known) warnings.push(`encoder ${encoder} does not say what it was trained on: it may have seen test data`);
  }
  return warnings;
}

/** More ambiguous letters than a filed word bears, within its length. */
function isDense(key: string): boolean {
  if (/^[ACGT]*$/.test(key)) return false;
  const at = Array.from(key.matchAll(/[^ACGT]/g), (match) => match.index);
  return at.some((position, i) => (at[i + ambiguousLetters] ?? Number.POSITIVE_INFINITY) - position < 32);
}
