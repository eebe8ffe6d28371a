import { createHash } from 'node:crypto';
import { BioscanError, splitNames, type SplitName } from '@bioscan/core';

/** The four image packages of BIOSCAN-5M. */
export type ImageType = 'original_full' | 'cropped' | 'original_256' | 'cropped_256';

export interface ImagePathOptions {
  /** Default: `cropped_256`. */
  readonly imageType?: ImageType;
  /** Default: `bioscan5m/images`. */
  readonly root?: string;
}

const chunkLength: Readonly<Record<SplitName, number>> = {
  pretrain: 2,
  train: 1,
  val: 0,
  test: 0,
  key_unseen: 0,
  val_unseen: 0,
  test_unseen: 0,
  other_heldout: 1,
};

/**
 * Where BIOSCAN-5M keeps a specimen's photo: `root/imageType/split/[chunk/]processid.jpg`.
 * @throws BioscanError `bad-input` for an id that is not one of BOLD's (so that no path leaves the folder) or a split that is none of the eight.
 * @example
 * imagePath('CRCBB46471-23', 'pretrain'); // bioscan5m/images/cropped_256/pretrain/2e/CRCBB46471-23.jpg
 */
export function imagePath(processId: string, split: SplitName, options: ImagePathOptions = {}): string {
  const { imageType = 'cropped_256', root = 'bioscan5m/images' } = options;
  const chunk = imageChunk(processId, split);
  return [root, imageType, split, ...(chunk === '' ? [] : [chunk]), `${processId}.jpg`].join('/');
}

/**
 * The sub-directory of an image: the first hexadecimal digits of the MD5 of the process id, two for `pretrain`, one for `train` and `other_heldout`, none (`''`) for the rest.
 * @throws BioscanError `bad-input`
 */
export function imageChunk(processId: string, split: SplitName): string {
  if (!/^[A-Z][A-Z0-9]*\d-\d{2}$/u.test(processId)) {
    throw new BioscanError(
      'bad-input',
      `data: '${processId}' is no process id, expected letters, a number and a year as in ABCD123-20`,
      { processId },
    );
  }
  if (!Object.hasOwn(chunkLength, split)) {
    throw new BioscanError(
      'bad-input',
      `data: '${split}' is no split of BIOSCAN-5M, expected one of ${splitNames.join(', ')}`,
      { split },
    );
  }
  return createHash('md5').update(processId).digest('hex').slice(0, chunkLength[split]);
}
