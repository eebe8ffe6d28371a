import { describe, expect, it } from 'vitest';
import type { SplitName } from '@bioscan/core';
import { imageChunk, imagePath } from '../src/index.js';

/** spec/data 1.3: real records with the chunk that the published table gives them. */
const published: readonly (readonly [string, SplitName, string])[] = [
  ['CRCBB46471-23', 'pretrain', '2e'],
  ['GMEEO6589-21', 'train', 'b'],
  ['LPKIL3701-22', 'train', '0'],
  ['TSMTA5761-22', 'pretrain', '4a'],
];

describe('imagePath', () => {
  it('derives the published chunks', () => {
    for (const [id, split, chunk] of published) expect(imageChunk(id, split)).toBe(chunk);
  });

  it('builds the path of each kind of split', () => {
    expect(imagePath('CRCBB46471-23', 'pretrain')).toBe('bioscan5m/images/cropped_256/pretrain/2e/CRCBB46471-23.jpg');
    expect(imagePath('GMEEO6589-21', 'other_heldout', { imageType: 'original_full', root: '/d' })).toBe(
      '/d/original_full/other_heldout/b/GMEEO6589-21.jpg',
    );
    for (const split of ['val', 'test', 'key_unseen', 'val_unseen', 'test_unseen'] as const) {
      expect(imagePath('GMEEO6589-21', split, { root: 'r' })).toBe(`r/cropped_256/${split}/GMEEO6589-21.jpg`);
    }
  });

  it('refuses what is no process id or no split', () => {
    for (const id of ['', '../../etc/passwd-20', 'a/b1-20', 'ABC1-2', 'abc1-20', 'ABC1-20\n']) {
      expect(() => imagePath(id, 'train'), id).toThrow('no process id');
    }
    expect(() => imagePath('ABC1-20', 'training' as SplitName)).toThrow("'training' is no split");
    expect(() => imagePath('ABC1-20', 'constructor' as SplitName)).toThrow('is no split');
  });
});
