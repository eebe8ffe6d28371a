import type { ImageSource } from '@bioscan/core';
import { BioscanError } from '@bioscan/core';

/** Photos on this machine, by process id. */
export interface ImageFiles extends ImageSource {
  /** Whether there is a photo of that specimen; reads nothing of it. */
  has(processId: string): Promise<boolean>;
  /** Gives back open files. */
  close(): Promise<void>;
}

/**
 * The id itself, when it can be a file name and nothing more: no separator, no dot in front, no control character.
 * @throws BioscanError `bad-input`
 */
export function fileNameId(processId: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,127}$/u.test(processId)) return processId;
  throw new BioscanError(
    'bad-input',
    `data: '${processId}' cannot name a photo, expected letters, digits, '-', '_' and '.' as in ABCD123-20`,
    { processId },
  );
}

/** What of a table has no photo. */
export interface MissingImages {
  readonly checked: number;
  readonly count: number;
  /** The first 1,000; `count` goes on. */
  readonly processIds: readonly string[];
}

/** Looks which specimens have no photo, and counts them. */
export async function missingImages(
  images: ImageFiles,
  processIds: Iterable<string> | AsyncIterable<string>,
): Promise<MissingImages> {
  let checked = 0;
  let count = 0;
  const missing: string[] = [];
  for await (const processId of processIds) {
    checked++;
    if (await images.has(processId)) continue;
    count++;
    if (missing.length < 1000) missing.push(processId);
  }
  return { checked, count, processIds: missing };
}

/** The error of a specimen without a photo. */
export function noImage(processId: string, where: string): BioscanError {
  return new BioscanError('not-found', `data: ${where} has no photo of ${processId}`, { processId, where });
}
