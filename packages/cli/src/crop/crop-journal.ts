import { BioscanError, isBioscanError, type Store } from '@bioscan/core';
import type { BoundingBoxRecord } from '@bioscan/data';
import type { DetectionFlag, SpecimenMeasures } from '@bioscan/vision';

/** A photo that became a crop. */
export interface CroppedPhoto extends BoundingBoxRecord {
  readonly photo: string;
  readonly confidence: number;
  readonly flags: readonly DetectionFlag[];
  readonly measures: SpecimenMeasures;
}

/** A photo that did not. */
export interface RejectedPhoto {
  readonly photo: string;
  readonly reason: string;
  readonly message: string;
}

export type PhotoOutcome = CroppedPhoto | RejectedPhoto;

const journalName = 'progress.jsonl';

/** What was done so far: one line a photo, after a line with the settings. */
export interface CropJournal {
  readonly done: ReadonlyMap<string, PhotoOutcome>;
  add(outcome: PhotoOutcome): Promise<void>;
}

/**
 * Opens the journal of an output folder, or begins one. A line that a crash tore is dropped, and its photo done again.
 * @throws BioscanError `mismatch` when the folder was made with other settings
 */
export async function openCropJournal(store: Store, settings: string): Promise<CropJournal> {
  const lines = await journalLines(store);
  const [first, ...rest] = lines;
  if (first !== undefined && first !== settings) {
    throw new BioscanError(
      'mismatch',
      `cli: the output folder was begun with other settings, got ${settings}, expected ${first}; name another folder`,
      { expected: first, got: settings },
    );
  }
  const done = new Map(rest.map((line) => JSON.parse(line) as PhotoOutcome).map((one) => [one.photo, one]));
  // Rewritten whole, so that the next line does not continue a torn one.
  await store.write(journalName, encode([settings, ...rest]));
  return {
    done,
    add: async (outcome) => {
      done.set(outcome.photo, outcome);
      await store.append(journalName, encode([JSON.stringify(outcome)]));
    },
  };
}

async function journalLines(store: Store): Promise<string[]> {
  try {
    const text = new TextDecoder().decode(await store.read(journalName));
    return text.split('\n').slice(0, -1);
  } catch (error) {
    if (isBioscanError(error) && error.code === 'not-found') return [];
    throw error;
  }
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}
