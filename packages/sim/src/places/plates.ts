import type { Rng } from '@bioscan/core';
import type { Site } from './sites.js';

/** Specimens on a plate; the last well, H12, is the control. */
export const specimensPerPlate = 95;

/** Where a specimen lies, and when its trap was emptied. */
export interface Berth {
  /** 0, 1, 2 …; photos of one plate share a session. */
  readonly plate: number;
  /** 0 to 94, down the columns: A01, B01 … H01, A02 … */
  readonly well: number;
  readonly site: Site;
  /** ISO date. */
  readonly collected: string;
}

/** Deals specimens to plates: each plate holds specimens of one site, in random order. Returns one berth a specimen. */
export function planPlates(siteOf: readonly number[], sites: readonly Site[], random: Rng): readonly Berth[] {
  const order = random.shuffle(siteOf.map((_, i) => i));
  const bySite = new Map<number, number[]>();
  for (const specimen of order) {
    const site = siteOf[specimen] as number;
    const members = bySite.get(site);
    if (members === undefined) bySite.set(site, [specimen]);
    else members.push(specimen);
  }
  const berths: Berth[] = [];
  let plate = -1;
  for (const site of sites) {
    (bySite.get(site.index) ?? []).forEach((specimen, i) => {
      if (i % specimensPerPlate === 0) plate++;
      const day = site.start + 7 * Math.floor(i / specimensPerPlate);
      berths[specimen] = { plate, well: i % specimensPerPlate, site, collected: isoDate(day) };
    });
  }
  return berths;
}

/** `SIM00001-A01` */
export function sampleId(plate: number, well: number): string {
  return `SIM${(plate + 1).toString().padStart(5, '0')}-${wellName(well)}`;
}

/** `A01` for well 0, `B01` for well 1 …: down the columns. */
export function wellName(well: number): string {
  return `${'ABCDEFGH'.charAt(well % 8)}${(Math.floor(well / 8) + 1).toString().padStart(2, '0')}`;
}

function isoDate(day: number): string {
  return new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
}
