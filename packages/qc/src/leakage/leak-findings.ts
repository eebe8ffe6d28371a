import type { CheckFinding } from '../library/check-finding.js';
import type { LeakCount } from './leak-count.js';
import { querySplits, type CorpusCheck } from './encoder-corpus.js';
import type { HeldOutBins } from './held-out-bins.js';
import type { LeakClass, LeakExample } from './links.js';

const wording: Readonly<Record<LeakClass, string>> = {
  equal: 'have a barcode that also lies',
  contained: 'have a barcode that contains one, or is part of one,',
  near: 'have a barcode within 1 % of one',
};

/** Findings over the counts that are not zero: queries against what is learnt from, and pairs of the same kind once. */
export function leakFindings(
  counts: readonly LeakCount[],
  examples: readonly LeakExample[],
  bins: HeldOutBins,
  corpora: readonly CorpusCheck[],
): CheckFinding[] {
  return [
    ...counts.flatMap((count) => pairFinding(count, examples)),
    ...binFinding(bins),
    ...corpora.flatMap(corpusFindings),
  ];
}

function pairFinding(count: LeakCount, examples: readonly LeakExample[]): CheckFinding[] {
  const { split, against, leak, records, barcodes } = count;
  const crosses = querySplits.has(split) && !querySplits.has(against);
  const sameKind = querySplits.has(split) === querySplits.has(against);
  if (records === 0 || !(crosses || (sameKind && split < against))) return [];
  const pairs = examples.filter((one) => one.leak === leak && one.split === split && one.against === against);
  return [
    {
      check: `leak-${leak}`,
      severity: severityOf(leak, crosses),
      records: pairs.map(({ record }) => record),
      message: `${records} records of ${split} (${barcodes} barcodes) ${wording[leak]} in ${against}`,
      evidence: { split, against, count: records, barcodes, partners: pairs.map(({ other }) => other) },
      action:
        leak === 'near'
          ? `report ${split} with and without them`
          : `move each barcode class of ${split} and ${against} whole`,
    },
  ];
}

function severityOf(leak: LeakClass, crosses: boolean): CheckFinding['severity'] {
  if (leak === 'near') return crosses ? 'warning' : 'info';
  return crosses ? 'error' : 'warning';
}

function binFinding({ records, sharedBins, bins, pretrainWithBin }: HeldOutBins): CheckFinding[] {
  if (records.length === 0) return [];
  return [
    {
      check: 'leak-held-out-bin',
      severity: 'error',
      records: records.slice(0, 10),
      message: `${records.length} pretrain records lie in ${sharedBins} of the ${bins} BINs of held-out species`,
      evidence: { count: records.length, sharedBins, bins, pretrainWithBin },
      action: 'leave them out of pretraining, or report the score without those BINs beside it',
    },
  ];
}

function corpusFindings({ encoder, known, seen }: CorpusCheck): CheckFinding[] {
  if (!known) {
    return [
      {
        check: 'encoder-corpus-unknown',
        severity: 'warning',
        records: [],
        message: `encoder ${encoder} does not say what it was trained on: it may have seen test data`,
        evidence: { encoder },
        action: 'ask its maker for the hashes of its barcodes, or mark its scores',
      },
    ];
  }
  return seen.map(({ split, records }) => ({
    check: 'encoder-saw-queries',
    severity: 'error',
    records: records.slice(0, 10),
    message: `encoder ${encoder} was trained on the barcodes of ${records.length} records of ${split}`,
    evidence: { encoder, split, count: records.length },
    action: 'train it without them, or label the row as transductive',
  }));
}
