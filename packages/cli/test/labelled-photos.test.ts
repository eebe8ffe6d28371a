import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { afterAll, describe, expect, it } from 'vitest';
import { drawnSet, type Drawn } from '../../identify/test/drawn.js';
import { labelledPhotos } from '../src/identifier/labelled-photos.js';
import { photoRoles } from '../src/identifier/photo-roles.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-labelled-photos-'));
const path = (...names: string[]): string => join(folder, ...names);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('photoRoles', () => {
  const withSplits = (...splits: (string | undefined)[]): { processId: string; lineage: Drawn['lineage'] }[] =>
    drawnSet('S', 60, 1).map(({ processId, lineage }, i) => {
      const split = splits[i % splits.length];
      return { processId, lineage, ...(split === undefined ? {} : { split }) };
    });

  it('never makes references of test photos where the split lacks a role: it deals the others, says so, or refuses', () => {
    const roles = photoRoles(withSplits('train', 'train', 'test', 'test_unseen'), { rng: rng(1) });
    const test = new Set([...Array(60).keys()].filter((i) => i % 4 > 1).map((i) => `S${i}`));
    expect([...roles.references, ...roles.validation].filter((id) => test.has(id))).toEqual([]);
    expect([roles.references.length + roles.validation.length, roles.unused, roles.by]).toEqual([30, 30, 'chance']);
    expect(roles.validation.length).toBeGreaterThan(2);
    expect(roles.warning).toMatch(
      /^no photo in the split val: the 30 of train and key_unseen .*; 30 photos of other splits/u,
    );
    expect(photoRoles(withSplits('train', 'train', 'test', 'test_unseen'), { rng: rng(1) })).toEqual(roles);
    const onlyVal = photoRoles(withSplits('val', 'other_heldout', 'pretrain', undefined), { rng: rng(1) });
    expect([onlyVal.references.length + onlyVal.validation.length, onlyVal.unused]).toEqual([15, 45]);
    expect(onlyVal.warning).toContain('no photo in the split train');
    expect(() => photoRoles(withSplits('test', 'test_unseen'), { rng: rng(1) })).toThrow(
      /got 60 photos of the splits test, test_unseen, expected some of train or val: test photos never become references/u,
    );
  });

  it('follows the split of the table, else draws a share of each species', () => {
    const splits = ['train', 'key_unseen', 'val', 'val_unseen', 'test', 'pretrain'];
    const split = drawnSet('S', 60, 1).map((one, i) => ({ ...one, split: splits[i % 6] ?? '' }));
    const published = photoRoles(split, { rng: rng(1) });
    expect([published.by, published.references.length, published.validation.length, published.unused]).toEqual([
      'split',
      20,
      20,
      20,
    ]);
    const drawn = photoRoles(drawnSet('S', 60, 1), { rng: rng(1) });
    expect([drawn.by, drawn.validation.length, drawn.references.length]).toEqual(['chance', 12, 48]);
    expect(new Set([...drawn.references, ...drawn.validation]).size).toBe(60);
    const single = photoRoles([drawnSet('S', 1, 1)[0] as Drawn, { processId: 'bare', lineage: {} }], { rng: rng(1) });
    expect(single).toMatchObject({ references: ['S0'], validation: [], unused: 1 });
  });
});

describe('labelledPhotos', () => {
  it('takes names of folders at any rank, and the names above them from the references', async () => {
    for (const name of ['Aedes_rubra', 'carabus', 'Diptera', 'Aedes nova', 'unsorted']) {
      mkdirSync(path('named', name), { recursive: true });
      writeFileSync(path('named', name, 'A.jpg'), '');
    }
    const { photos, unlabelled } = await labelledPhotos(path('named'), drawnSet('R', 12, 1));
    expect(photos.map(({ truth }) => truth.lineage)).toEqual([
      { order: 'Diptera', genus: 'Aedes', species: 'Aedes nova' },
      { order: 'Diptera', genus: 'Aedes', species: 'Aedes rubra' },
      { order: 'Diptera' },
      { order: 'Coleoptera', genus: 'Carabus' },
    ]);
    expect(unlabelled).toEqual([path('named', 'unsorted', 'A.jpg')]);
  });
});
